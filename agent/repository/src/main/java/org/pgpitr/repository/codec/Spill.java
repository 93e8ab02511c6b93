package org.pgpitr.repository.codec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.pgpitr.storage.Content;

/** Collects an encoded object: in memory up to a limit, beyond it in a temporary file that only its owner can read. */
final class Spill extends OutputStream {
    /** Small enough that no garbage collector gives each one a region, or two, of its own. */
    private static final int CHUNK = 1 << 18;

    private final long memoryLimit;
    private final List<byte[]> chunks = new ArrayList<>();
    private int usedOfLast = CHUNK;
    private long length;
    private Path file;
    private OutputStream fileOutput;

    /** @param memoryLimit in bytes, for the encoded object */
    Spill(long memoryLimit) {
        this.memoryLimit = memoryLimit;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        length += count;
        if (file == null && length > memoryLimit) {
            moveToFile();
        }
        if (file != null) {
            fileOutput.write(bytes, offset, count);
            return;
        }
        int done = 0;
        while (done < count) {
            if (usedOfLast == CHUNK) {
                chunks.add(new byte[CHUNK]);
                usedOfLast = 0;
            }
            int part = Math.min(count - done, CHUNK - usedOfLast);
            System.arraycopy(bytes, offset + done, chunks.get(chunks.size() - 1), usedOfLast, part);
            usedOfLast += part;
            done += part;
        }
    }

    private void moveToFile() throws IOException {
        file = Files.createTempFile("pgpitr-", ".encoded");
        fileOutput = Files.newOutputStream(file);
        try (InputStream collected = inMemory()) {
            collected.transferTo(fileOutput);
        }
        chunks.clear();
    }

    private InputStream inMemory() {
        List<InputStream> parts = new ArrayList<>();
        for (int i = 0; i < chunks.size(); i++) {
            parts.add(new ByteArrayInputStream(chunks.get(i), 0, i == chunks.size() - 1 ? usedOfLast : CHUNK));
        }
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    /** What was collected; nothing may be written any more. */
    Content content() throws IOException {
        if (file != null) {
            fileOutput.close();
            return Content.of(file);
        }
        if (chunks.size() == 1) {
            return Content.of(chunks.get(0), 0, usedOfLast);
        }
        long total = length;
        return new Content() {
            @Override
            public long length() {
                return total;
            }

            @Override
            public InputStream open() {
                return inMemory();
            }
        };
    }

    /** Lets go of the memory and the file. */
    void discard() throws IOException {
        chunks.clear();
        if (file != null) {
            try (OutputStream open = fileOutput) {
                Files.deleteIfExists(file);
            }
        }
    }
}
