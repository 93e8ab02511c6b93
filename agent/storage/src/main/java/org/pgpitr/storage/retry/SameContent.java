package org.pgpitr.storage.retry;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ContentStream;

/** Whether what is stored is what was to be stored. */
final class SameContent {
    private static final int CHUNK = 64 * 1024;

    private SameContent() {}

    /** Byte by byte; leaves {@code stored} open. */
    static boolean isIn(InputStream stored, Content content) throws IOException {
        try (InputStream wanted = ContentStream.open(content)) {
            while (true) {
                byte[] there = stored.readNBytes(CHUNK);
                if (!Arrays.equals(there, wanted.readNBytes(CHUNK))) {
                    return false;
                }
                if (there.length == 0) {
                    return true;
                }
            }
        }
    }
}
