package org.pgpitr.it.kit;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.pgpitr.cli.demo.Distribution;
import org.pgpitr.cli.demo.ServerUser;

/**
 * The distribution that the tests run: a copy, for the servers' user, of what {@code mvn package} made, when the tests
 * run behind it; else, with classes that are not packaged, one put together from this JVM's class path. One a JVM,
 * deleted at its end.
 */
public final class TestDistribution {
    private static final List<String> NOT_FOR_PROGRAMS = List.of("logback", "surefire", "junit", "testcontainers");

    /** Where the samples take the program for installed. */
    public static final String INSTALLED = "/opt/pgpitr/bin/pgpitr";

    private static final class Holder {
        static final Distribution INSTANCE = make();
    }

    private TestDistribution() {}

    public static Distribution get() {
        return Holder.INSTANCE;
    }

    private static Distribution make() {
        try {
            ServerUser user = ServerUser.ofThisProcess();
            Path work = user.temporaryFolder("pgpitr-dist-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Workspace.delete(work)));
            Path target = work.resolve("pgpitr");
            Path packaged = sourceTree()
                    .resolve("cli")
                    .resolve("target")
                    .resolve("dist")
                    .resolve("pgpitr");
            if (isPackaged() && Files.exists(packaged.resolve("built"))) {
                new Distribution(packaged).copyTo(target, user);
            } else {
                fromClassPath(target);
            }
            copySamples(target.resolve("pg-conf-samples"));
            Path demo = Files.createDirectory(target.resolve("demo"));
            Files.copy(Majors.jar(Majors.NEWEST), demo.resolve("postgres.jar"));
            user.own(target);
            Distribution distribution = new Distribution(target);
            // The launcher makes its archive of parsed classes now; the hooks, which start often, are faster with it.
            user.run(target, List.of(distribution.launcher().toString(), "version"));
            return distribution;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The root of the source tree. */
    public static Path sourceTree() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("pgpitr")) ? here : here.getParent();
    }

    /** The arguments with which a systemd unit of the samples starts pgpitr. */
    public static String[] unitCommand(String unit) {
        String[] words = unit(unit).get("ExecStart").split(" ");
        if (!words[0].equals(INSTALLED)) {
            throw new IllegalStateException(unit + " starts " + words[0]);
        }
        return Arrays.copyOfRange(words, 1, words.length);
    }

    /** The settings of a systemd unit of the samples; of one that stands there twice, the last. */
    public static Map<String, String> unit(String unit) {
        Map<String, String> settings = new HashMap<>();
        try {
            for (String line : Files.readAllLines(sample("systemd/" + unit))) {
                int equals = line.indexOf('=');
                if (equals > 0 && !line.startsWith("#")) {
                    settings.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return settings;
    }

    /** One of {@code pg-conf-samples}, where the servers' user can read it. */
    public static Path sample(String name) {
        return get().folder().resolve("pg-conf-samples").resolve(name);
    }

    /** Whether the tests run behind {@code mvn package}. */
    public static boolean isPackaged() {
        return Distribution.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath()
                .endsWith(".jar");
    }

    private static void copySamples(Path target) throws IOException {
        Path source = sourceTree().resolve("pg-conf-samples");
        try (Stream<Path> all = Files.walk(source)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.copy(each, target.resolve(source.relativize(each).toString()));
            }
        }
    }

    private static void fromClassPath(Path folder) throws IOException {
        Path lib = Files.createDirectories(folder.resolve("lib"));
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path launcher = Files.copy(sourceTree().resolve("pgpitr"), bin.resolve("pgpitr"));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> names = new ArrayList<>();
        for (Object each :
                Collections.list(new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator))) {
            String entry = (String) each;
            Path path = Path.of(entry);
            if (NOT_FOR_PROGRAMS.stream().anyMatch(path.getFileName().toString()::contains)
                    || entry.contains("test-classes")) {
                continue;
            }
            String name = names.size() + ".jar";
            if (Files.isDirectory(path)) {
                jar(lib.resolve(name), path, Optional.empty());
                names.add(name);
            } else if (Files.exists(path)) {
                Files.copy(path, lib.resolve(name));
                names.add(name);
            }
        }
        jar(lib.resolve("pgpitr.jar"), Files.createDirectory(folder.resolve("empty")), Optional.of(manifest(names)));
        Files.writeString(folder.resolve("built"), "tests\n");
    }

    private static Manifest manifest(List<String> classPath) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, "org.pgpitr.cli.Main");
        main.put(Attributes.Name.CLASS_PATH, String.join(" ", classPath));
        return manifest;
    }

    private static void jar(Path jar, Path classes, Optional<Manifest> manifest) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip =
                        manifest.isPresent() ? new JarOutputStream(out, manifest.get()) : new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            zip.setLevel(1);
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                zip.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
    }
}
