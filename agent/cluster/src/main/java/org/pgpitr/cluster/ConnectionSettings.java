package org.pgpitr.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How a server is reached.
 *
 * @param host a host name or an address; or, if it begins with {@code /}, the directory of the Unix-domain socket
 * @param port of TCP, also part of the socket's file name
 * @param user the role
 * @param database any database the role may connect to
 * @param password as configured; if empty, {@code PGPASSWORD} and then a password file are asked, as libpq does
 * @param passwordFile as configured; if empty, {@code PGPASSFILE}, then {@code ~/.pgpass}
 * @param options more properties of pgjdbc, such as {@code sslmode} and {@code sslrootcert}; they go over our own
 * @param connectTimeout how long reaching the server may take, whole seconds
 * @param answerTimeout how long an answer may take of a server that is reached, whole seconds; a checkpoint that a
 *     backup waits for has its own time
 */
public record ConnectionSettings(
        String host,
        int port,
        String user,
        String database,
        Optional<String> password,
        Optional<Path> passwordFile,
        Map<String, String> options,
        Duration connectTimeout,
        Duration answerTimeout) {
    public static final int DEFAULT_PORT = 5432;
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);
    public static final Duration DEFAULT_ANSWER_TIMEOUT = Duration.ofSeconds(60);

    public ConnectionSettings {
        if (host.isEmpty() || user.isEmpty() || database.isEmpty()) {
            throw new IllegalArgumentException("host, user and database must not be empty");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        if (connectTimeout.toSeconds() < 1 || answerTimeout.toSeconds() < 1) {
            throw new IllegalArgumentException("timeouts are at least a second");
        }
        options = Map.copyOf(options);
    }

    /** With neither a password nor options, and the default timeouts. */
    public static ConnectionSettings of(String host, int port, String user, String database) {
        return new ConnectionSettings(
                host,
                port,
                user,
                database,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_ANSWER_TIMEOUT);
    }

    /** The same server and role, another database. */
    ConnectionSettings withDatabase(String other) {
        return new ConnectionSettings(
                host, port, user, other, password, passwordFile, options, connectTimeout, answerTimeout);
    }

    /** Whether {@link #host} is the directory of a Unix-domain socket. */
    public boolean isLocalSocket() {
        return host.startsWith("/");
    }

    /** The Unix-domain socket's file: {@code <host>/.s.PGSQL.<port>}. */
    public Path socketFile() {
        return Path.of(host, ".s.PGSQL." + port);
    }

    /** Without the password, and without the options, which may hold secrets too. */
    @Override
    public String toString() {
        return "user " + user + ", database " + database + " at "
                + (isLocalSocket() ? socketFile().toString() : host + ":" + port);
    }
}
