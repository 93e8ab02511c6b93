package org.pgpitr.repository.codec;

import java.util.List;

/** Where the private keys come from, asked only when something has to be decrypted. */
@FunctionalInterface
public interface Identities {
    /**
     * The keys; empty if none is configured. May ask for a passphrase.
     *
     * @throws org.pgpitr.error.PgpitrException NO_KEY if what is configured can't be read
     */
    List<AgeIdentity> load();
}
