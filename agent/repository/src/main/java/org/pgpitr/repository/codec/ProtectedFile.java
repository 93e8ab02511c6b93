package org.pgpitr.repository.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Small files under a passphrase, as {@code age -p} makes them. */
final class ProtectedFile {
    private static final String BINARY = "age-encryption.org/";
    private static final String ARMOR_BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
    private static final String ARMOR_END = "-----END AGE ENCRYPTED FILE-----";

    private ProtectedFile() {}

    /** Whether bytes are an age file, in either form. */
    static boolean isOne(byte[] bytes) {
        return startsWith(bytes, BINARY) || startsWith(bytes, ARMOR_BEGIN);
    }

    private static boolean startsWith(byte[] bytes, String text) {
        return new String(bytes, 0, Math.min(bytes.length, text.length()), StandardCharsets.ISO_8859_1).equals(text);
    }

    /**
     * Decrypts a whole file.
     *
     * @param maxLength of the plaintext
     * @throws AgeFile.NotOpenedException if the passphrase is wrong, or the file is damaged or of another kind
     * @throws IOException if it is damaged
     */
    static byte[] decrypt(byte[] file, char[] passphrase, int maxLength)
            throws AgeFile.NotOpenedException, IOException {
        byte[] binary = startsWith(file, ARMOR_BEGIN) ? dearmored(file) : file;
        ScryptStanza stanza = new ScryptStanza(passphrase, ScryptStanza.DEFAULT_LOG_WORK);
        SourceStream source = new SourceStream(new ByteArrayInputStream(binary));
        try (InputStream plain = AgeFile.readFrom(source, List.of(stanza))) {
            byte[] text = plain.readNBytes(maxLength + 1);
            if (text.length > maxLength) {
                throw new DamagedException("it is too long");
            }
            return text;
        }
    }

    private static byte[] dearmored(byte[] file) throws DamagedException {
        String text = new String(file, StandardCharsets.ISO_8859_1).strip();
        if (!text.endsWith(ARMOR_END)) {
            throw new DamagedException("its armor is cut off");
        }
        String body = text.substring(ARMOR_BEGIN.length(), text.length() - ARMOR_END.length());
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\r?\\n", ""));
        } catch (IllegalArgumentException e) {
            throw new DamagedException("its armor is not readable", e);
        }
    }

    static byte[] encrypt(byte[] plaintext, char[] passphrase) throws IOException {
        return encrypt(plaintext, passphrase, ScryptStanza.DEFAULT_LOG_WORK);
    }

    /** @param logWork log2 of the work that opening the file takes */
    static byte[] encrypt(byte[] plaintext, char[] passphrase, int logWork) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (OutputStream age = AgeFile.writeTo(file, List.of(new ScryptStanza(passphrase, logWork)))) {
            age.write(plaintext);
        }
        return file.toByteArray();
    }
}
