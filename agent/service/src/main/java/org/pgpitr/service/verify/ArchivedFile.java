package org.pgpitr.service.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.codec.DecodedFile;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** Reads one archived file to its end, so that its size and digest are known to be those of its tag. */
final class ArchivedFile {
    private final Generation generation;
    private final WalFileName name;
    private final ObjectKey key;
    private long size;
    private Optional<byte[]> annex = Optional.empty();

    ArchivedFile(Generation generation, WalFileName name) {
        this.generation = generation;
        this.name = name;
        this.key = generation.layout().wal(name);
    }

    ObjectKey key() {
        return key;
    }

    /** The file's length, as its tag tells; known once it was read. */
    long size() {
        return size;
    }

    /** What stands beside the file in its object; known once it was read. */
    Optional<byte[]> annex() {
        return annex;
    }

    /**
     * Reads the file.
     *
     * @param buffer takes its first bytes
     * @return how many of them; -1 if the store says that there is no such file
     * @throws PgpitrException CORRUPT if it is not what was archived under that name; NO_KEY
     * @throws StorageException if the store does not deliver
     */
    int read(byte[] buffer) {
        Optional<InputStream> stored = generation.store().open(key);
        if (stored.isEmpty()) {
            return -1;
        }
        try (DecodedFile file = generation.codec().decodeFile(key, stored.get())) {
            if (!file.tag().file().equals(name.toString())) {
                throw new PgpitrException(
                        ExitCode.CORRUPT,
                        "object " + key + " is damaged: it holds " + file.tag().file());
            }
            size = file.tag().size();
            annex = file.annex();
            int length = file.content().readNBytes(buffer, 0, buffer.length);
            byte[] rest = new byte[1 << 16];
            while (file.content().read(rest, 0, rest.length) >= 0) {
                continue;
            }
            return length;
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    "can't read " + key + " in " + generation.store().location() + ": " + e.getMessage(),
                    e);
        }
    }
}
