package org.pgpitr.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** Where a connection's password comes from: the configuration, {@code PGPASSWORD}, a password file; as in libpq. */
final class Passwords {
    private final Map<String, String> environment;
    private final Optional<Path> home;

    Passwords(Map<String, String> environment, Optional<Path> home) {
        this.environment = Map.copyOf(environment);
        this.home = home;
    }

    /** Of this process. */
    static Passwords ofProcess() {
        return new Passwords(
                System.getenv(),
                Optional.ofNullable(System.getProperty("user.home")).map(Path::of));
    }

    /** Empty if there is none anywhere, which is right for peer and trust authentication. */
    Optional<String> find(ConnectionSettings settings) {
        return settings.password()
                .or(() -> variable("PGPASSWORD"))
                .or(() -> file(settings).flatMap(file -> file.password(settings)));
    }

    private Optional<PasswordFile> file(ConnectionSettings settings) {
        Optional<Path> named =
                settings.passwordFile().or(() -> variable("PGPASSFILE").map(Path::of));
        if (named.isPresent()) {
            return read(named.get());
        }
        return home.map(folder -> folder.resolve(".pgpass"))
                .filter(Files::isReadable)
                .flatMap(Passwords::read);
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private static Optional<PasswordFile> read(Path file) {
        try {
            // A line that is not ours may hold anything; one that is ours and no UTF-8 the server will refuse
            return Optional.of(new PasswordFile(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList()));
        } catch (NoSuchFileException e) {
            // As libpq does: a peer or trusted connection needs none, and any other will say that there was none
            return Optional.empty();
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.USAGE, "the password file " + file + " can't be read: " + e.getMessage(), null, e);
        }
    }
}
