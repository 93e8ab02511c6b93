package org.pgpitr.repository.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.pgpitr.storage.Content;

/** SHA-256 and its hexadecimal form in tags. */
public final class Sha256 {
    private Sha256() {}

    public static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** 64 lower-case hexadecimal digits; the digest begins anew. */
    public static String end(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    public static String of(Content content) throws IOException {
        MessageDigest digest = begin();
        byte[] buffer = new byte[1 << 17];
        try (InputStream in = content.open()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return end(digest);
    }

    /** Of what is left of the buffer, which then is at its end. */
    public static String of(ByteBuffer bytes) {
        MessageDigest digest = begin();
        digest.update(bytes);
        return end(digest);
    }

    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(begin().digest(bytes));
    }
}
