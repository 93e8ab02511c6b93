package org.pgpitr.repository.codec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.storage.Content;

/**
 * Collects an encoded object: in memory up to a limit, beyond it in a temporary file without a name. What fails is the
 * temporary file alone, and it fails with a {@link org.pgpitr.error.PgpitrException}: an IOException among what is encoded
 * is the source's.
 */
final class Spill extends OutputStream {
    /** Small enough that no garbage collector gives each one a region, or two, of its own. */
    private static final int CHUNK = 1 << 18;

    private final long memoryLimit;
    private final TemporaryFolder folder;
    private final List<byte[]> chunks = new ArrayList<>();
    private int usedOfLast = CHUNK;
    private long length;
    private NamelessFile file;
    private volatile boolean discarded;

    /** @param memoryLimit in bytes, for the encoded object */
    Spill(long memoryLimit, TemporaryFolder folder) {
        this.memoryLimit = memoryLimit;
        this.folder = folder;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        length += count;
        if (file == null && length > memoryLimit) {
            moveToFile();
        }
        if (file != null) {
            writeToFile(bytes, offset, count);
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

    private void moveToFile() {
        file = NamelessFile.in(folder);
        for (int i = 0; i < chunks.size(); i++) {
            writeToFile(chunks.get(i), 0, usedOf(i));
        }
        chunks.clear();
    }

    private void writeToFile(byte[] bytes, int offset, int count) {
        try {
            file.write(bytes, offset, count);
        } catch (IOException e) {
            throw folder.failed(e);
        }
    }

    private int usedOf(int chunk) {
        return chunk == chunks.size() - 1 ? usedOfLast : CHUNK;
    }

    private InputStream inMemory() {
        if (discarded) {
            throw new IllegalStateException("it is let go of");
        }
        List<InputStream> parts = new ArrayList<>();
        for (int i = 0; i < chunks.size(); i++) {
            parts.add(new ByteArrayInputStream(chunks.get(i), 0, usedOf(i)));
        }
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    /** What writes what is to be collected. */
    interface Filling {
        void fill(OutputStream into) throws IOException;
    }

    /** Collects what is written; lets go of it again where that fails. */
    Spill filled(Filling filling) throws IOException {
        try {
            filling.fill(this);
            return this;
        } catch (IOException | RuntimeException | Error e) {
            discard();
            throw e;
        }
    }

    boolean isInMemory() {
        return file == null;
    }

    /** An empty one that keeps as much, or more, where this one does: in memory, or in a file of the same folder. */
    Spill another() {
        return new Spill(isInMemory() ? Long.MAX_VALUE : 0, folder);
    }

    /** What was collected; nothing may be written any more. */
    Content content() {
        if (file != null) {
            return file.content();
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

    /** Lets go of the memory and the file; the content can't be opened any more. */
    void discard() {
        discarded = true;
        chunks.clear();
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw folder.failed(e);
            }
        }
    }
}
