package org.pgpitr.repository.codec;

/** An X25519 private key that decrypts objects. Its text is a secret and never printed. */
public final class AgeIdentity {
    private final String secret;
    private final AgeRecipient recipient;

    private AgeIdentity(String secret, AgeRecipient recipient) {
        this.secret = secret;
        this.recipient = recipient;
    }

    /**
     * Reads {@code AGE-SECRET-KEY-1…}.
     *
     * @throws org.pgpitr.error.PgpitrException NO_KEY for any other text, which is not repeated in the message
     */
    public static AgeIdentity parse(String text) {
        throw new UnsupportedOperationException();
    }

    /** A new one, from the system's secure random source. */
    public static AgeIdentity generate() {
        throw new UnsupportedOperationException();
    }

    /** The public key that belongs to it. */
    public AgeRecipient recipient() {
        return recipient;
    }

    /** The secret itself, {@code AGE-SECRET-KEY-1…}, for an identity file. */
    public String secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "identity of " + recipient;
    }
}
