package org.pgpitr.repository.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Optional;

/** Page images that a server compressed with zstd ({@code wal_compression = zstd}). */
public final class ZstdPages {
    private ZstdPages() {}

    /** As {@link org.pgpitr.postgres.wal.PageImages.Zstd} has it. */
    public static Optional<byte[]> decompress(byte[] stored, int length) {
        byte[] content = new byte[length];
        try {
            return Zstd.decompress(content, stored) == length ? Optional.of(content) : Optional.empty();
        } catch (ZstdException e) {
            return Optional.empty();
        }
    }
}
