package org.pgpitr.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.config.ValueType;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/**
 * Where a demo happens: a temporary folder of the servers' user with both servers, the configuration, the repository
 * unless it is elsewhere, and a copy of pgpitr if that user can't reach the original.
 */
final class DemoPlace {
    private final Environment environment;
    private final DemoOptions options;
    private final ServerUser user = ServerUser.ofThisProcess();
    private final PostgresBinaries binaries;
    private final Path folder;
    private final Path launcher;
    private final DemoRepository repository;
    private final PostgresInstance source;
    private final PostgresInstance recovered;

    DemoPlace(DemoOptions options, Environment environment, Distribution distribution) throws IOException {
        this.options = options;
        this.environment = environment;
        this.binaries = options.postgres()
                .map(PostgresBinaries::installed)
                .orElseGet(() -> PostgresBinaries.embedded(distribution));
        this.folder = user.temporaryFolder("pgpitr-demo-");
        this.launcher = (distribution.isUsableBy(user)
                        ? distribution
                        : distribution.copyTo(folder.resolve("pgpitr"), user))
                .launcher();
        this.repository = DemoRepository.choose(options, environment, folder.resolve("repository"));
        this.source = new PostgresInstance(binaries, user, user.folder(folder.resolve("source")));
        this.recovered = new PostgresInstance(binaries, user, user.folder(folder.resolve("recovered")));
    }

    ServerUser user() {
        return user;
    }

    PostgresBinaries binaries() {
        return binaries;
    }

    Path folder() {
        return folder;
    }

    String repository() {
        return repository.url();
    }

    PostgresInstance source() {
        return source;
    }

    PostgresInstance recovered() {
        return recovered;
    }

    private Path configuration() {
        return folder.resolve("pgpitr.toml");
    }

    /** Writes the configuration; if the demo is to be encrypted, makes an age identity first. */
    void configure(Story story) {
        StringBuilder toml = new StringBuilder("[cluster]\n");
        // A name of its own, beside other demos in the same bucket.
        quoted(toml, "name", folder.getFileName().toString().replace("pgpitr-", ""));
        quoted(toml, "data_directory", source.dataDirectory().toString());
        quoted(toml, "host", source.socketDirectory().toString());
        toml.append(DemoRepository.line("port", Integer.toString(source.port()), ValueType.Shape.BARE));
        quoted(toml, "user", "postgres");
        toml.append("\n[[repository]]\n").append(repository.toml());
        if (options.protection() == DemoOptions.Protection.ENCRYPTED) {
            Path identity = folder.resolve("identity.txt");
            String recipient = recipient(pgpitr(story, "keygen", "--output", identity.toString()));
            toml.append("\n[encryption]\n");
            toml.append(DemoRepository.line("recipients", recipient, ValueType.Shape.LIST));
            quoted(toml, "identity_file", identity.toString());
        }
        toml.append("\n[backup]\narchive_timeout = \"1min\"\n");
        try {
            user.file(configuration(), toml.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void quoted(StringBuilder toml, String key, String value) {
        toml.append(DemoRepository.line(key, value, ValueType.Shape.QUOTED));
    }

    private static String recipient(String output) {
        return output.lines()
                .filter(line -> line.startsWith("age1"))
                .findFirst()
                .orElseThrow(() -> new PgpitrException(ExitCode.DEFECT, "keygen printed no recipient: " + output));
    }

    /** What the source has in its {@code postgresql.conf}. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("wal_level", "replica");
        settings.put("archive_mode", "on");
        settings.put("archive_command", "'" + launcher + "' archive-push --config '" + configuration() + "' \"%p\"");
        settings.put("track_commit_timestamp", "on"); // for the proof
        settings.put("shared_buffers", "32MB");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        return settings;
    }

    /** For everything that calls pgpitr; the demo's own configuration decides, and the user's for the repository. */
    Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>(repository.variables());
        variables.put("PGPITR_CONFIG", configuration().toString());
        return variables;
    }

    /**
     * Shows a command, runs it as the servers' user, and shows what it says.
     *
     * @return what it said
     * @throws PgpitrException if it fails
     */
    String pgpitr(Story story, String... arguments) {
        story.quote("$ " + shown(arguments));
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Program program = user.run(command, folder, commandEnvironment());
        story.hear(program.output());
        if (!program.succeeded()) {
            throw new PgpitrException(
                    ExitCode.DEFECT,
                    "`pgpitr " + arguments[0] + "` ended with status " + program.status(),
                    "run the demo with --keep, and look at " + folder.getFileName() + "/source/server.log");
        }
        return program.output();
    }

    private Map<String, String> commandEnvironment() {
        Map<String, String> all = user.environment(folder);
        all.keySet().removeIf(name -> name.startsWith("PGPITR_") && !name.startsWith("PGPITR_JAVA"));
        all.putAll(variables());
        all.merge("PGPITR_JAVA_OPTS", "-Dpgpitr.columns=" + Story.COLUMNS, (given, ours) -> given + " " + ours);
        return all;
    }

    /** As one would type it; a long command goes on in further lines. */
    private static String shown(String... arguments) {
        String line = Stream.of(arguments)
                .map(word -> word.matches("[A-Za-z0-9_./:=+-]+") ? word : "'" + word + "'")
                .reduce("pgpitr", (all, word) -> all + " " + word);
        return line.length() <= Story.COLUMNS - 2 ? line : line.replace(" --", " \\\n    --");
    }

    /** How to look at what was left in place, and how to get rid of it. */
    void tellHowToLook(Story story) {
        String as = user.isAnother() ? "runuser -u " + user.name() + " -- " : "";
        story.step("Left in place: " + folder);
        story.quote("# pgpitr's commands");
        story.quote("export PGPITR_CONFIG=" + configuration());
        story.quote(as + launcher + " list");
        for (PostgresInstance server : List.of(source, recovered)) {
            if (server.isRunning()) {
                story.quote("# the server in " + server.folder().getFileName());
                story.quote("psql -U postgres -h " + server.socketDirectory() + " -p " + server.port());
                story.quote("jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres");
            }
        }
        story.quote("# to end it");
        for (PostgresInstance server : List.of(source, recovered)) {
            if (server.isRunning()) {
                story.quote(as + binaries.program("pg_ctl") + " \\");
                story.quote("    stop -D " + server.dataDirectory());
            }
        }
        story.quote("rm -rf " + folder);
    }

    /** Stops the servers and deletes all that the demo made. */
    void cleanUp(Story story) throws IOException {
        boolean interrupted = Thread.interrupted(); // the cleaning has to go on
        source.close();
        recovered.close();
        if (options.repository().isPresent()) {
            cleanRepository(story);
        }
        Trees.delete(folder);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void cleanRepository(Story story) {
        if (!Files.exists(configuration())) {
            return;
        }
        try {
            List<ObjectKey> left = DemoRepository.delete(configuration(), variables(), environment);
            if (!left.isEmpty()) {
                story.tell(
                        left.size() + " objects of this demo are left in " + repository() + ", such as " + left.get(0));
            }
        } catch (StorageException | PgpitrException e) {
            story.tell("What this demo stored in " + repository() + " is left there: " + e.getMessage());
        }
    }
}
