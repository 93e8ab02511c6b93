package org.pgpitr.repository.codec;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.storage.Content;

/**
 * A file compressed once, for all the objects it is to stand in ({@link Codec#encodeFile(CompressedFile, byte[])}). A big
 * one is kept in a temporary file, whose room is free again after {@link #close}.
 */
public final class CompressedFile implements AutoCloseable {
    /** What {@link #of} makes takes no more memory than so many bytes; what is longer is in a temporary file. */
    public static final int MOST_MEMORY = 16 << 20;

    private final FileTag tag;
    private final Spill spill;
    private final Content frame;

    /** @param spill holds the frame, and is written no more */
    CompressedFile(FileTag tag, Spill spill) {
        this.tag = tag;
        this.spill = spill;
        this.frame = spill.content();
    }

    /**
     * Compresses a file of any length, which is read once.
     *
     * @param name the file's
     * @param level of zstd
     * @throws IOException if the file can't be read, or its length is not what it tells
     */
    public static CompressedFile of(String name, Content file, int level) throws IOException {
        MessageDigest digest = Sha256.begin();
        Spill spill = new Spill(MOST_MEMORY, TemporaryFolder.standard())
                .filled(frame -> compress(file, level, digest, frame));
        return new CompressedFile(new FileTag(name, file.length(), Sha256.end(digest)), spill);
    }

    private static void compress(Content file, int level, MessageDigest digest, OutputStream frame) throws IOException {
        ZstdTables tables = ZstdTables.at(level);
        try (InputStream in = new DigestInputStream(file.open(), digest);
                OutputStream zstd = new ZstdOutputStreamNoFinalizer(frame, level)
                        .setChecksum(true)
                        .setHashLog(tables.longMatches())
                        .setChainLog(tables.shortMatches())) {
            Codec.transferWhole(in, file.length(), zstd);
        }
    }

    /** What the objects tell of the file. */
    public FileTag tag() {
        return tag;
    }

    /** Of the compressed file, in bytes. */
    public long length() {
        return frame.length();
    }

    /** How much memory it takes, in bytes; none where it is in a temporary file. */
    public long memory() {
        return spill.isInMemory() ? length() : 0;
    }

    /** Readable until {@link #close}. */
    Content frame() {
        return frame;
    }

    /** Where something that is as long may be collected: in memory too, or in another temporary file. */
    Spill another() {
        return spill.another();
    }

    @Override
    public void close() {
        spill.discard();
    }
}
