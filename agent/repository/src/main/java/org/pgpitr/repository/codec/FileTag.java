package org.pgpitr.repository.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.pgpitr.repository.FlatJson;

/**
 * What stands at the front of an object that holds one file, in a zstd skippable frame, which {@code zstd -d} passes
 * over (RFC 8878, section 3.1.2).
 *
 * @param file its name
 * @param size its length in bytes
 * @param sha256 of its bytes, 64 lower-case hexadecimal digits
 */
public record FileTag(String file, long size, String sha256) {
    private static final int VERSION = 1;
    private static final int SKIPPABLE_FRAME = 0x184D2A50;
    private static final int FRAME_HEADER = 8;
    /** The whole frame has to lie within the object's first kilobyte. */
    private static final int MAX_PAYLOAD = 1024 - FRAME_HEADER;

    public FileTag {
        if (!file.matches("[A-Za-z0-9._-]{1,128}") || size < 0 || !isSha256(sha256)) {
            throw new IllegalArgumentException("not a file's tag: " + file + ", " + size + ", " + sha256);
        }
    }

    static boolean isSha256(String text) {
        return text.matches("[0-9a-f]{64}");
    }

    byte[] toFrame() {
        byte[] json = ("{\"pgpitr\":" + VERSION + ",\"file\":\"" + file + "\",\"size\":" + size + ",\"sha256\":\""
                        + sha256 + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(FRAME_HEADER + json.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(SKIPPABLE_FRAME)
                .putInt(json.length)
                .put(json)
                .array();
    }

    /** Reads the frame and leaves the stream behind it. */
    static FileTag read(InputStream in) throws IOException {
        byte[] header = in.readNBytes(FRAME_HEADER);
        if (header.length < FRAME_HEADER) {
            throw new DamagedException("it is cut off");
        }
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        int magic = fields.getInt();
        int length = fields.getInt();
        if (magic != SKIPPABLE_FRAME || length < 0 || length > MAX_PAYLOAD) {
            throw new DamagedException("it does not begin with a file's tag");
        }
        byte[] json = in.readNBytes(length);
        if (json.length < length) {
            throw new DamagedException("it is cut off");
        }
        return parse(json);
    }

    private static FileTag parse(byte[] json) throws DamagedException {
        try {
            Map<String, Object> fields = FlatJson.parse(json);
            if (FlatJson.number(fields, "pgpitr") != VERSION) {
                throw new DamagedException("its tag is of version " + fields.get("pgpitr")
                        + ", which this version of pgpitr does not know");
            }
            return new FileTag(
                    FlatJson.text(fields, "file"), FlatJson.number(fields, "size"), FlatJson.text(fields, "sha256"));
        } catch (IllegalArgumentException e) {
            throw new DamagedException("its tag is not readable", e);
        }
    }
}
