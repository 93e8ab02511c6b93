package org.pgpitr.repository.codec;

import java.io.IOException;
import java.io.InputStream;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

/**
 * Turns plaintext into what is stored and back: zstd with content checksums, then age in an encrypted generation.
 * Safe for several threads.
 */
public final class Codec {
    private final Encryption encryption;
    private final Keys keys;
    private final int level;

    /** @param level of zstd, 1 to 19 */
    public Codec(Encryption encryption, Keys keys, int level) {
        this.encryption = encryption;
        this.keys = keys;
        this.level = level;
    }

    public Encryption encryption() {
        return encryption;
    }

    public int level() {
        return level;
    }

    /**
     * Says early what every encoding would: whether the configured recipients fit the generation.
     *
     * @throws org.pgpitr.error.PgpitrException USAGE if the generation is encrypted and no recipient is configured, or
     *     the other way round
     */
    public void requireWritable() {
        throw new UnsupportedOperationException();
    }

    /**
     * Says early whether there is a private key, if one is needed. May ask for a passphrase.
     *
     * @throws org.pgpitr.error.PgpitrException NO_KEY if the generation is encrypted and no identity is configured
     */
    public void requireReadable() {
        throw new UnsupportedOperationException();
    }

    /**
     * The age layer alone, for bytes that are compressed already; a plain generation's codec leaves them as they are.
     *
     * @return the bytes to be stored, in memory; they share {@code compressed} in a plain generation
     */
    public Content seal(byte[] compressed, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    /**
     * Undoes {@link #seal}. The stream throws PgpitrException CORRUPT where the bytes were changed or cut off, before
     * it gives out any byte of the damaged part; an {@link IOException} is one of {@code stored}.
     *
     * @param key the object's, for messages
     * @param stored closed with the result, or at once if this throws
     * @throws org.pgpitr.error.PgpitrException NO_KEY if no identity decrypts it; CORRUPT
     */
    public InputStream unseal(ObjectKey key, InputStream stored) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Encodes a whole object. The caller closes the result. */
    public Encoded encode(Content plaintext) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Undoes {@link #encode}; otherwise as {@link #unseal}. */
    public InputStream decode(ObjectKey key, InputStream stored) throws IOException {
        throw new UnsupportedOperationException();
    }
}
