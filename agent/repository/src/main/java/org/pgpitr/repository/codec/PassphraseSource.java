package org.pgpitr.repository.codec;

import java.util.Optional;

/** Where the passphrase of a protected identity file comes from: the terminal, a variable, a file. */
@FunctionalInterface
public interface PassphraseSource {
    /** Has none. */
    PassphraseSource NONE = what -> Optional.empty();

    /**
     * Asks for a passphrase.
     *
     * @param what for people, such as {@code identity file /etc/pgpitr/identity.txt}
     * @return the passphrase, which the caller may wipe; empty if there is none to be had
     */
    Optional<char[]> passphrase(String what);
}
