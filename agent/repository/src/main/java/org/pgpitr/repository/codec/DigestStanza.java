package org.pgpitr.repository.codec;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The digest of the plaintext file as one more recipient stanza of an age header, {@code -> pgpitr-sha256 <64 hex>}:
 * age tells readers to pass over stanzas they do not know. It stands first, so the object's first kilobyte holds it
 * however many recipients follow. The header's MAC covers it.
 */
record DigestStanza(String sha256) implements RecipientStanza, RecipientStanzaWriter {
    private static final String TYPE = "pgpitr-sha256";
    private static final String BEGIN = "age-encryption.org/v1\n";
    private static final String STANZA = "-> " + TYPE + " ";
    private static final int DIGITS = 64;

    @Override
    public String getType() {
        return TYPE;
    }

    @Override
    public List<String> getArguments() {
        return List.of(sha256);
    }

    @Override
    public byte[] getBody() {
        return new byte[0];
    }

    @Override
    public Iterable<RecipientStanza> getRecipientStanzas(FileKey fileKey) {
        return List.of(this);
    }

    /**
     * Reads the digest from an object's beginning.
     *
     * @param prefix the first kilobyte, or less
     */
    static String read(byte[] prefix) throws DamagedException {
        String text = new String(prefix, StandardCharsets.ISO_8859_1);
        if (!text.startsWith(BEGIN)) {
            throw new DamagedException("it does not begin as an age file");
        }
        int headerEnd = text.indexOf("\n---");
        int stanza = text.indexOf("\n" + STANZA);
        if (stanza < 0 || (headerEnd >= 0 && headerEnd < stanza)) {
            throw new DamagedException("there is no digest in its age header");
        }
        int from = stanza + 1 + STANZA.length();
        int to = from + DIGITS;
        if (to >= text.length() || text.charAt(to) != '\n' || !FileTag.isSha256(text.substring(from, to))) {
            throw new DamagedException("the digest in its age header is not readable");
        }
        return text.substring(from, to);
    }
}
