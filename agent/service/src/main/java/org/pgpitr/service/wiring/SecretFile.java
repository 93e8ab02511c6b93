package org.pgpitr.service.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.config.Secret;

/** A file that holds one secret and nothing else but the end of its line. */
public final class SecretFile {
    private SecretFile() {}

    /**
     * Reads it.
     *
     * @throws PgpitrException USAGE if it can't be read or is empty
     */
    public static Secret read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "can't read the secret in " + file + " (" + e.getClass().getSimpleName() + ")",
                    "the user that runs pgpitr needs to be able to read it",
                    e);
        }
        String secret = text.replaceAll("\\R\\z", "");
        if (secret.isEmpty()) {
            throw new PgpitrException(ExitCode.USAGE, "the secret in " + file + " is empty");
        }
        return new Secret(secret);
    }
}
