package org.pgpitr.repository.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.storage.Content;

/**
 * A temporary file whose name goes as soon as it is open: a process that is killed leaves nothing behind. Written by one
 * thread; then any number of them may read, and an interrupt of one that reads does not close it for the others, as it
 * would close a channel.
 */
final class NamelessFile implements AutoCloseable {
    private final RandomAccessFile file;
    private long length;

    private NamelessFile(RandomAccessFile file) {
        this.file = file;
    }

    /** A new one that only its owner could have read. */
    static NamelessFile in(TemporaryFolder folder) {
        Path name = folder.file("pgpitr-", ".encoded");
        try {
            try {
                return new NamelessFile(new RandomAccessFile(name.toFile(), "rw"));
            } finally {
                Files.delete(name);
            }
        } catch (IOException e) {
            throw folder.failed(e);
        }
    }

    void write(byte[] bytes, int offset, int count) throws IOException {
        file.write(bytes, offset, count);
        length += count;
    }

    /** All that was written; readable until this is closed. */
    Content content() {
        long whole = length;
        return new Content() {
            @Override
            public long length() {
                return whole;
            }

            @Override
            public InputStream open() {
                return new Reading(whole);
            }
        };
    }

    private int read(long at, byte[] into, int offset, int count) throws IOException {
        synchronized (file) {
            file.seek(at);
            return file.read(into, offset, count);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private final class Reading extends InputStream {
        private final long end;
        private long at;

        Reading(long end) {
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, into.length);
            if (count == 0) {
                return 0;
            }
            int read = at == end ? -1 : NamelessFile.this.read(at, into, offset, (int) Math.min(count, end - at));
            at += Math.max(0, read);
            return read;
        }
    }
}
