package org.pgpitr.it.kit;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgpitr.cli.Cli;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.cli.demo.ServerUser;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cli.terminal.Terminal;
import org.pgpitr.error.ExitCode;

/** Runs pgpitr's commands with the configuration of one server. */
public final class Pgpitr {
    private static final Pattern BACKUP = Pattern.compile("\"id\"\\s*:\\s*\"(\\d{8}T\\d{6}Z)\"");

    private final ServerUser user;
    private final String repository;
    private final Path home;
    private final Map<String, String> environment;

    private Pgpitr(ServerUser user, PostgresInstance server, String repository) {
        this.user = user;
        this.repository = repository;
        this.home = server.folder();
        String cluster = """
                [cluster]
                name = "main"
                data_directory = "%s"
                host = "%s"
                port = %d
                user = "postgres"

                """.formatted(server.dataDirectory(), server.socketDirectory(), server.port());
        Path configuration = home.resolve("pgpitr.toml");
        try {
            user.file(configuration, cluster + repository);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.environment = new TreeMap<>(user.environment(home));
        this.environment.keySet().removeIf(name -> name.startsWith("PGPITR_") || name.startsWith("AWS_"));
        this.environment.put("PATH", launcher().getParent() + ":" + environment.get("PATH"));
        use(configuration);
    }

    /** For a server, with a new and empty repository. */
    static Pgpitr with(Workspace work, PostgresInstance server, Variant variant) {
        return new Pgpitr(work.user(), server, Repositories.toml(work, variant, server.folder()));
    }

    /** For another server, with the same repository. */
    Pgpitr on(PostgresInstance other) {
        return new Pgpitr(user, other, repository);
    }

    public static Path launcher() {
        return TestDistribution.get().launcher();
    }

    /** Uses another configuration file. */
    public Pgpitr use(Path configuration) {
        return variable("PGPITR_CONFIG", configuration.toString());
    }

    /** Sets an environment variable for all commands to come. */
    public Pgpitr variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** For whatever calls pgpitr by its name: the launcher on the path, and the configuration. */
    public Map<String, String> environment() {
        return environment;
    }

    /** Runs a command in this JVM. */
    public Outcome run(String... arguments) {
        return run(environment, arguments);
    }

    /** As {@link #run}, with one variable more. */
    public Outcome runWith(String variable, String value, String... arguments) {
        return run(with(variable, value), arguments);
    }

    private Map<String, String> with(String variable, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(variable, value);
        return more;
    }

    private Outcome run(Map<String, String> variables, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Environment world = new Environment(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                variables,
                Clock.system(ZoneOffset.UTC),
                Terminal.NONE,
                launcher(),
                home.resolve("no-standard-configuration.toml"));
        int status = new Cli(world).run(arguments);
        return new Outcome(String.join(" ", arguments), status, out.toString(), err.toString());
    }

    /** Runs a command through the launcher, as the servers' user, to its end. */
    public Outcome launch(String... arguments) {
        return launch(environment, arguments);
    }

    /** As {@link #launch}, with one variable more. */
    public Outcome launchWith(String variable, String value, String... arguments) {
        return launch(with(variable, value), arguments);
    }

    private Outcome launch(Map<String, String> variables, String... arguments) {
        Program program = Program.run(command(arguments), home, variables);
        return new Outcome(String.join(" ", arguments), program.status(), program.output(), "");
    }

    /** Begins a command through the launcher, as the servers' user; the process is the Java that does the work. */
    public Process begin(String variable, String value, String... arguments) throws IOException {
        return begin(home.resolve("begun.log"), Map.of(variable, value), arguments);
    }

    /** As {@link #begin(String, String, String...)}, with more variables, and what it says in that file. */
    public Process begin(Path log, Map<String, String> variables, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(arguments))
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putAll(variables);
        return builder.start();
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher().toString()));
        command.addAll(List.of(arguments));
        return user.command(command);
    }

    /** The backups' identifiers, oldest first. */
    public List<String> backups() {
        Matcher matcher =
                BACKUP.matcher(run("list", "--json").expect(ExitCode.OK).out());
        List<String> ids = new ArrayList<>();
        while (matcher.find()) {
            ids.add(matcher.group(1));
        }
        return ids;
    }
}
