package org.pgpitr.repository.codec;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * A passphrase as the only recipient of an age file: {@code -> scrypt <salt> <log2 of the work>} (age-encryption.org/v1,
 * "scrypt recipient stanza").
 */
final class ScryptStanza implements RecipientStanzaReader, RecipientStanzaWriter {
    /** The file asks for more work than this reader gives. */
    static final class TooMuchWorkException extends GeneralSecurityException {
        private static final long serialVersionUID = 1L;

        TooMuchWorkException(String message) {
            super(message);
        }
    }

    /** What {@code age -p} takes: about a second, and 256 MB of memory. */
    static final int DEFAULT_LOG_WORK = 18;

    /** What {@code age} refuses beyond. */
    private static final int MAX_LOG_WORK = 22;

    private static final String TYPE = "scrypt";
    private static final byte[] SALT_LABEL = "age-encryption.org/v1/scrypt".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT_LENGTH = 16;
    private static final int BLOCK_SIZE = 8;
    private static final int KEY_LENGTH = 32;
    private static final int WRAPPED_LENGTH = 32;

    private final char[] passphrase;
    private final int logWork;

    /** @param logWork for writing; a reader takes the file's */
    ScryptStanza(char[] passphrase, int logWork) {
        this.passphrase = passphrase;
        this.logWork = logWork;
    }

    @Override
    public Iterable<RecipientStanza> getRecipientStanzas(FileKey fileKey) throws GeneralSecurityException {
        byte[] salt = new byte[SALT_LENGTH];
        new SecureRandom().nextBytes(salt);
        byte[] body = cipher(Cipher.ENCRYPT_MODE, salt, logWork).doFinal(fileKey.getEncoded());
        String encodedSalt = Base64.getEncoder().withoutPadding().encodeToString(salt);
        return List.of(new Stanza(List.of(encodedSalt, Integer.toString(logWork)), body));
    }

    @Override
    public FileKey getFileKey(Iterable<RecipientStanza> stanzas) throws GeneralSecurityException {
        Iterator<RecipientStanza> all = stanzas.iterator();
        RecipientStanza stanza = all.hasNext() ? all.next() : null;
        if (stanza == null || !stanza.getType().equals(TYPE) || all.hasNext()) {
            throw new InvalidKeyException("a passphrase is not what this file is encrypted with");
        }
        List<String> arguments = stanza.getArguments();
        if (arguments.size() != 2 || stanza.getBody().length != WRAPPED_LENGTH) {
            throw new InvalidKeyException("not an scrypt stanza");
        }
        byte[] salt = salt(arguments.get(0));
        return new FileKey(
                cipher(Cipher.DECRYPT_MODE, salt, logWork(arguments.get(1))).doFinal(stanza.getBody()));
    }

    private static byte[] salt(String text) throws InvalidKeyException {
        try {
            byte[] salt = Base64.getDecoder().decode(text);
            if (salt.length == SALT_LENGTH
                    && Base64.getEncoder().withoutPadding().encodeToString(salt).equals(text)) {
                return salt;
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("not an scrypt stanza", e);
        }
        throw new InvalidKeyException("not an scrypt stanza");
    }

    private static int logWork(String text) throws GeneralSecurityException {
        if (!text.matches("[1-9][0-9]?")) {
            throw new InvalidKeyException("not an scrypt stanza");
        }
        int logWork = Integer.parseInt(text);
        if (logWork > MAX_LOG_WORK) {
            throw new TooMuchWorkException(
                    "its work factor 2^" + logWork + " is beyond the limit of 2^" + MAX_LOG_WORK);
        }
        return logWork;
    }

    private Cipher cipher(int mode, byte[] salt, int logWork) throws GeneralSecurityException {
        long memory = 128L * BLOCK_SIZE << logWork;
        if (memory > Runtime.getRuntime().maxMemory() / 4 * 3) {
            throw new TooMuchWorkException("its passphrase takes " + (memory >> 20) + " MB of memory to try, and this "
                    + "process has " + (Runtime.getRuntime().maxMemory() >> 20) + " MB");
        }
        ByteArrayOutputStream labelled = new ByteArrayOutputStream();
        labelled.writeBytes(SALT_LABEL);
        labelled.writeBytes(salt);
        byte[] secret = utf8(passphrase);
        byte[] key = SCrypt.generate(secret, labelled.toByteArray(), 1 << logWork, BLOCK_SIZE, 1, KEY_LENGTH);
        Arrays.fill(secret, (byte) 0);
        // What scrypt took is more than all the rest of a restore takes: given back before that begins.
        System.gc();
        Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
        cipher.init(mode, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(new byte[12]));
        Arrays.fill(key, (byte) 0);
        return cipher;
    }

    private static byte[] utf8(char[] text) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        Arrays.fill(encoded.array(), (byte) 0);
        return bytes;
    }

    private record Stanza(List<String> getArguments, byte[] getBody) implements RecipientStanza {
        @Override
        public String getType() {
            return TYPE;
        }
    }
}
