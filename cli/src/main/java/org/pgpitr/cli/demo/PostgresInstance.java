package org.pgpitr.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/**
 * A PostgreSQL server of our own: its data directory is {@code data} in a folder that belongs to the server's user, its
 * log {@code server.log}, its socket beside them, and it listens on the loopback interface too. Where it listens is
 * given on its command line and not written into its configuration, so a restored copy runs beside its source.
 */
public final class PostgresInstance implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final long SHORTEST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 200;

    private final PostgresBinaries binaries;
    private final ServerHost host;
    private final Path folder;
    private final int port;
    private final Map<String, String> environment;
    private Optional<Path> configuration = Optional.empty();

    /**
     * @param folder exists, belongs to the server's user, and its path is short enough for a socket's (about 90 bytes)
     */
    public PostgresInstance(PostgresBinaries binaries, ServerHost host, Path folder) {
        this.binaries = binaries;
        this.host = host;
        this.folder = folder;
        this.port = freePort();
        this.environment = new TreeMap<>(host.environment(folder));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public PostgresBinaries binaries() {
        return binaries;
    }

    public Path folder() {
        return folder;
    }

    public Path dataDirectory() {
        return folder.resolve("data");
    }

    /** The directory of the Unix-domain socket. */
    public Path socketDirectory() {
        return folder;
    }

    public Path logFile() {
        return folder.resolve("server.log");
    }

    public int port() {
        return port;
    }

    /**
     * Moves this stopped server's configuration files out of its data directory, as Debian has it; {@code conf.d} there
     * is read too.
     *
     * @param target an existing folder
     */
    public PostgresInstance moveConfiguration(Path target) {
        try {
            for (String name : new String[] {"postgresql.conf", "pg_hba.conf", "pg_ident.conf"}) {
                Files.move(dataDirectory().resolve(name), target.resolve(name));
            }
            Files.writeString(target.resolve("postgresql.conf"), "include_dir 'conf.d'\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return useConfiguration(target);
    }

    /** Starts from now on with the configuration files of that folder. */
    public PostgresInstance useConfiguration(Path source) {
        this.configuration = Optional.of(source);
        return this;
    }

    /** Sets a variable for the server, and so for the commands it calls. */
    public PostgresInstance environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    private Program run(List<String> command) {
        return host.run(command, folder, environment);
    }

    /** Makes a new cluster in the data directory, which must not exist. */
    public PostgresInstance initdb(InitdbOptions options) {
        List<String> command = new ArrayList<>(
                List.of(binaries.program("initdb"), "-D", dataDirectory().toString()));
        command.addAll(options.arguments(binaries.major()));
        Program program = run(command);
        if (!program.succeeded()) {
            throw failed("initdb failed: " + program.output().strip());
        }
        return this;
    }

    /** Appends a setting to {@code postgresql.conf}; takes effect at the next start or reload. */
    public PostgresInstance set(String name, String value) {
        return append(name + " = '" + value.replace("'", "''") + "'\n");
    }

    /** Appends all settings of a file by an {@code include}; the server's user must be able to read the file. */
    public PostgresInstance include(Path file) {
        return append("include '" + file.toAbsolutePath().toString().replace("'", "''") + "'\n");
    }

    private PostgresInstance append(String lines) {
        try {
            Files.writeString(dataDirectory().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the server and waits until it takes connections, on a recovering server read-only ones.
     *
     * @throws PgpitrException with the log's end if it does not start
     */
    public PostgresInstance start() {
        if (!tryStart()) {
            throw failed("PostgreSQL did not start; " + logFile() + " ends so:\n" + logTail());
        }
        return this;
    }

    /** As {@link #start}; whether the server runs now. */
    public boolean tryStart() {
        return run(startCommand()).succeeded();
    }

    /** What starts this server; to be run as the server's user. */
    public List<String> startCommand() {
        StringBuilder options = new StringBuilder("-c port=" + port + " -c listen_addresses=127.0.0.1");
        option(options, "unix_socket_directories", socketDirectory());
        configuration.ifPresent(etc -> {
            option(options, "config_file", etc.resolve("postgresql.conf"));
            option(options, "hba_file", etc.resolve("pg_hba.conf"));
            option(options, "ident_file", etc.resolve("pg_ident.conf"));
        });
        return List.of(
                binaries.program("pg_ctl"),
                "start",
                "-w",
                "-s",
                "-t",
                Long.toString(PATIENCE_SECONDS),
                "-D",
                dataDirectory().toString(),
                "-l",
                logFile().toString(),
                "-o",
                options.toString());
    }

    /** Quoted for the shell that pg_ctl hands it to. */
    private static void option(StringBuilder options, String name, Path value) {
        options.append(" -c ").append(name).append("='").append(value).append('\'');
    }

    public PostgresInstance reload() {
        return control("reload");
    }

    /** Shuts the server down and waits for its end. */
    public PostgresInstance stop(StopMode mode) {
        return control("stop", "-w", "-t", Long.toString(PATIENCE_SECONDS), "-m", mode.argument());
    }

    /** Lets a standby become a primary and waits until it is one. */
    public PostgresInstance promote() {
        return control("promote", "-w", "-t", Long.toString(PATIENCE_SECONDS));
    }

    private PostgresInstance control(String action, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                binaries.program("pg_ctl"), action, "-s", "-D", dataDirectory().toString()));
        command.addAll(List.of(arguments));
        Program program = run(command);
        if (!program.succeeded()) {
            throw failed("pg_ctl " + action + " failed: " + program.output().strip() + "\n" + logTail());
        }
        return this;
    }

    /** Kills the server and all its processes, as a crash does ({@code kill -9}), and waits for their end. */
    public void kill() {
        Optional<ProcessHandle> postmaster = postmaster();
        if (postmaster.isPresent()) {
            List<ProcessHandle> all = new ArrayList<>(List.of(postmaster.get()));
            postmaster.get().descendants().forEach(all::add);
            all.forEach(ProcessHandle::destroyForcibly);
            await("the server's end", () -> all.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    /** Whether the server's main process lives. */
    public boolean isRunning() {
        return postmaster().isPresent();
    }

    private Optional<ProcessHandle> postmaster() {
        Path file = dataDirectory().resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (var lines = Files.lines(file)) {
            return lines.findFirst()
                    .filter(line -> line.matches("\\d+"))
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
                    .filter(ProcessHandle::isAlive);
        } catch (java.nio.file.NoSuchFileException e) {
            return Optional.empty(); // it went between the two looks
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a recovering server has become a primary; fails with the log's end if it ends instead. */
    public PostgresInstance awaitRecovered() {
        await("the recovery's end", () -> {
            if (!isRunning()) {
                throw failed("PostgreSQL ended instead of recovering; " + logFile() + " ends so:\n" + logTail());
            }
            return query("select pg_is_in_recovery()").equals("f");
        });
        return this;
    }

    /** Waits until something holds; fails when nothing comes of it for two minutes. */
    public void await(String what, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            if (waited > TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)) {
                throw failed("waited in vain for " + what + "; " + logFile() + " ends so:\n" + logTail());
            }
            try {
                // To ask is a connection most of the time: seldom, but soon after it holds.
                TimeUnit.MILLISECONDS.sleep(
                        Math.max(SHORTEST_PAUSE_MILLIS, Math.min(waited / 10, LONGEST_PAUSE_MILLIS)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed("interrupted while waiting for " + what);
            }
        }
    }

    /** A connection as superuser to the database {@code postgres}. */
    public Connection connect() {
        return connect("postgres");
    }

    /** A connection as superuser. */
    public Connection connect(String database) {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres&sslmode=disable";
        try {
            return DriverManager.getConnection(url);
        } catch (SQLException e) {
            throw new PgpitrException(
                    ExitCode.POSTGRES_UNAVAILABLE, "no connection to " + url + ": " + e.getMessage(), null, e);
        }
    }

    /** Runs statements in the database {@code postgres}, each on its own. */
    public void execute(String... statements) {
        executeIn("postgres", statements);
    }

    /** Runs statements in a database, each on its own. */
    public void executeIn(String database, String... statements) {
        try (Connection connection = connect(database)) {
            Sql.execute(connection, statements);
        } catch (SQLException e) {
            throw Sql.failed(String.join("; ", statements), e);
        }
    }

    /** The first column of the only row, as text. */
    public String query(String sql) {
        List<String> rows = rows(sql);
        if (rows.size() != 1) {
            throw failed(rows.size() + " rows instead of one: " + sql);
        }
        return rows.get(0);
    }

    /** The first column of every row, as text. */
    public List<String> rows(String sql) {
        try (Connection connection = connect()) {
            return Sql.rows(connection, sql);
        } catch (SQLException e) {
            throw Sql.failed(sql, e);
        }
    }

    /** The whole log so far; empty if there is none. */
    public String log() {
        try {
            return Files.exists(logFile()) ? Files.readString(logFile()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String logTail() {
        List<String> lines = log().lines().collect(Collectors.toList());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    private static PgpitrException failed(String message) {
        return new PgpitrException(ExitCode.POSTGRES_UNAVAILABLE, message);
    }

    /** Stops the server at once, if it runs. */
    @Override
    public void close() {
        if (isRunning()) {
            Program program = run(List.of(
                    binaries.program("pg_ctl"),
                    "stop",
                    "-s",
                    "-w",
                    "-m",
                    "immediate",
                    "-D",
                    dataDirectory().toString()));
            if (!program.succeeded()) {
                kill();
            }
        }
    }
}
