package org.pgpitr.repository.codec;

import com.exceptionfactory.jagged.bech32.Bech32;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Locale;
import javax.crypto.KeyAgreement;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** An X25519 private key that decrypts objects. Its text is a secret and never printed. */
public final class AgeIdentity {
    private static final String PREFIX = "AGE-SECRET-KEY-";
    private static final int KEY_LENGTH = 32;
    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

    private final String secret;
    private final AgeRecipient recipient;

    private AgeIdentity(String secret, byte[] privateKey) {
        this.secret = secret;
        this.recipient = AgeRecipient.of(publicKey(privateKey));
    }

    /**
     * Reads {@code AGE-SECRET-KEY-1…}.
     *
     * @throws PgpitrException NO_KEY for any other text, which is not repeated in the message
     */
    public static AgeIdentity parse(String text) {
        if (text.startsWith(PREFIX + "1")) {
            try {
                byte[] key = Bech32.getDecoder().decode(text).getData();
                if (key.length == KEY_LENGTH) {
                    return new AgeIdentity(text, key);
                }
            } catch (IllegalArgumentException e) {
                // told below; the decoder's message may repeat a part of the secret
            }
        }
        throw new PgpitrException(
                ExitCode.NO_KEY,
                "not an age identity",
                "an identity is an X25519 private key, " + PREFIX + "1 and 58 more characters, as `pgpitr keygen` or "
                        + "age-keygen makes it");
    }

    /** A new one, from the system's secure random source. */
    public static AgeIdentity generate() {
        byte[] key = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(key);
        String text =
                Bech32.getEncoder().encode(PREFIX.toLowerCase(Locale.ROOT), key).toString();
        return new AgeIdentity(text.toUpperCase(Locale.ROOT), key);
    }

    private static byte[] publicKey(byte[] privateKey) {
        try {
            KeyFactory keys = KeyFactory.getInstance("X25519");
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey)));
            agreement.doPhase(keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, BASE_POINT)), true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has X25519", e);
        }
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
