package org.pgpitr.repository.codec;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** A file of age identities, as {@code age-keygen} writes it, plain or protected as {@code age -p} does. */
public final class IdentityFile {
    private IdentityFile() {}

    /**
     * Reads all identities of a file.
     *
     * @param passphrases asked only if the file is protected
     * @throws org.pgpitr.error.PgpitrException NO_KEY if the file is not there, can't be read, holds no identity, or
     *     the passphrase is missing or wrong
     */
    public static List<AgeIdentity> read(Path file, PassphraseSource passphrases) {
        throw new UnsupportedOperationException();
    }

    /**
     * Generates an identity and writes it to a new file that only its owner can read. Never overwrites.
     *
     * @param passphrase protects the file, as {@code age -p} does; empty: the file is plain
     * @throws org.pgpitr.error.PgpitrException USAGE if the file exists or can't be written
     */
    public static AgeIdentity create(Path file, Optional<char[]> passphrase, Clock clock) {
        throw new UnsupportedOperationException();
    }
}
