package org.pgpitr.service.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PageVerifier;
import org.pgpitr.postgres.RelationFile;

/**
 * Verifies the checksums of pages as they stand in a backup. A page that was changed after the backup's start may be
 * torn, and is written anew by replay; but no page can be newer than the backup's end. For one thread.
 */
final class PageScan {
    private static final int KEPT = 100;

    private final int blockSize;
    private final int relationSegmentBlocks;
    private final Lsn start;
    private final Lsn stop;
    private final List<Long> damaged = new ArrayList<>();
    private long count;
    private long pages;

    /** @param stop the backup's end */
    PageScan(ControlFile control, Lsn start, Lsn stop) {
        this.blockSize = control.blockSize();
        this.relationSegmentBlocks = control.relationSegmentBlocks();
        this.start = start;
        this.stop = stop;
    }

    /** The number of a file's first page, if it is a file of pages with checksums; what was found before is forgotten. */
    Optional<Long> begin(String path) {
        damaged.clear();
        count = 0;
        pages = 0;
        return RelationFile.tryParse(path).map(file -> file.firstBlock(relationSegmentBlocks));
    }

    /**
     * Verifies the whole pages of a buffer.
     *
     * @param firstBlock the number of the buffer's first page
     */
    void scan(byte[] buffer, int length, long firstBlock) {
        for (int offset = 0; offset + blockSize <= length; offset += blockSize) {
            long block = firstBlock + offset / blockSize;
            pages++;
            if (isBad(buffer, offset, block)) {
                count++;
                if (damaged.size() < KEPT) {
                    damaged.add(block);
                }
            }
        }
    }

    int blockSize() {
        return blockSize;
    }

    private boolean isBad(byte[] buffer, int offset, long block) {
        return switch (PageVerifier.verdict(buffer, offset, blockSize, block, start)) {
            case GOOD, NEW -> false;
            case BAD -> true;
            case TOO_NEW ->
                PageVerifier.lsn(buffer, offset).isAfter(stop)
                        && !PageVerifier.hasItsChecksum(buffer, offset, blockSize, block);
        };
    }

    /** The first damaged pages since {@link #begin}. */
    List<Long> damaged() {
        return List.copyOf(damaged);
    }

    /** How many pages since {@link #begin} are damaged. */
    long count() {
        return count;
    }

    /** How many pages were looked at since {@link #begin}. */
    long pages() {
        return pages;
    }
}
