package org.pgpitr.cli.demo;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A distribution of pgpitr on disk: {@code bin/pgpitr}, {@code lib}, and {@code demo} with a PostgreSQL.
 *
 * @param folder what holds these
 */
public record Distribution(Path folder) {
    /** The one that this program runs from; empty if it runs from bare classes, as in a development environment. */
    public static Optional<Distribution> running() {
        try {
            Path jar = Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Optional.ofNullable(jar.getParent())
                    .filter(lib -> Files.isRegularFile(jar) && lib.endsWith("lib"))
                    .map(lib -> new Distribution(lib.getParent()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path launcher() {
        return folder.resolve("bin").resolve("pgpitr");
    }

    /** The jar of the PostgreSQL that comes with it. */
    Optional<Path> demoServer() {
        Path demo = folder.resolve("demo");
        if (!Files.isDirectory(demo)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(demo)) {
            return files.filter(file -> file.toString().endsWith(".jar")).findFirst();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whether that user can run it where it stands. */
    public boolean isUsableBy(ServerUser user) {
        return user.canRead(launcher()) && user.canRead(folder.resolve("lib").resolve("pgpitr.jar"));
    }

    /**
     * Copies what running needs into a new folder that belongs to the servers' user.
     *
     * @param target does not exist; its parent does
     */
    public Distribution copyTo(Path target, ServerUser user) throws IOException {
        Files.createDirectory(target);
        for (String part : new String[] {"bin", "lib", "cds", "built"}) {
            Path source = folder.resolve(part);
            if (Files.exists(source)) {
                copy(source, target.resolve(part));
            }
        }
        user.own(target);
        return new Distribution(target);
    }

    private static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> all = Files.walk(source)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Path copied = target.resolve(source.relativize(each).toString());
                Files.copy(each, copied, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
