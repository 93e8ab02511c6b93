package org.pgpitr.repository.codec;

import com.exceptionfactory.jagged.bech32.Bech32;
import java.util.Locale;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/**
 * An X25519 public key to which objects are encrypted.
 *
 * @param value {@code age1…}, lower case
 */
public record AgeRecipient(String value) {
    private static final String PREFIX = "age";

    public AgeRecipient {
        if (!isValid(value)) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    value.startsWith("age1") ? "not an age recipient: \"" + value + "\"" : "not an age recipient",
                    "a recipient is an X25519 public key, age1 and 58 more characters; `pgpitr keygen` makes one");
        }
    }

    static AgeRecipient of(byte[] publicKey) {
        return new AgeRecipient(Bech32.getEncoder().encode(PREFIX, publicKey).toString());
    }

    private static boolean isValid(String value) {
        if (!value.startsWith("age1") || !value.equals(value.toLowerCase(Locale.ROOT))) {
            return false;
        }
        try {
            var address = Bech32.getDecoder().decode(value);
            return address.getHumanReadablePart().toString().equals(PREFIX) && address.getData().length == 32;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
