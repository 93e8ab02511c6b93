package org.pgpitr.service.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PageVerifier;
import org.pgpitr.postgres.PageVerifier.Verdict;
import org.pgpitr.postgres.RelationFile;
import org.pgpitr.repository.backup.DamagedPage;

/**
 * Verifies the pages of relations as they are read. A page whose checksum is wrong may be torn, that is read while the
 * server wrote it; so all such pages of a buffer are read once more after a short moment, and what was read then goes
 * into the backup. A page that the server changed since the backup's start needs no right checksum, since replay writes
 * it anew ({@code sendFile()} in {@code basebackup.c}); but one that claims to be newer than the backup's end, which no
 * page can be, is damaged too, and that is known only then: it is a {@link Suspect}.
 *
 * <p>Stateless: one is used by all workers.
 */
final class PageCheck {
    /**
     * A page with a wrong checksum that says it was changed since the backup began.
     *
     * @param lsn where it says so
     */
    record Suspect(DamagedPage page, Lsn lsn) {}

    /**
     * What was found in one file.
     *
     * @param damaged in the order of the file
     * @param suspects in the order of the file
     */
    record Findings(List<DamagedPage> damaged, List<Suspect> suspects) {
        Findings() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** How long a torn page is given to be written to its end. */
    private static final long TORN_PAGE_MILLIS = 5;

    private final int blockSize;
    private final int relationSegmentBlocks;
    private final Lsn backupStart;

    PageCheck(int blockSize, int relationSegmentBlocks, Lsn backupStart) {
        this.blockSize = blockSize;
        this.relationSegmentBlocks = relationSegmentBlocks;
        this.backupStart = backupStart;
    }

    int blockSize() {
        return blockSize;
    }

    /** The number of the file's first page, if it is a file of checksummed pages. */
    Optional<Long> firstBlock(String path) {
        return RelationFile.tryParse(path).map(file -> file.firstBlock(relationSegmentBlocks));
    }

    /**
     * Verifies the whole pages of a buffer and replaces those that were torn. A remainder of less than a page is not
     * looked at.
     *
     * @param position where the buffer's bytes stand in the file
     * @param firstBlock of the file
     */
    void verify(
            String path, FileBytes file, long firstBlock, long position, byte[] buffer, int length, Findings findings)
            throws IOException, InterruptedException {
        List<Integer> doubtful = new ArrayList<>(0);
        for (int offset = 0; offset + blockSize <= length; offset += blockSize) {
            if (isDoubtful(buffer, offset, firstBlock + (position + offset) / blockSize)) {
                doubtful.add(offset);
            }
        }
        if (doubtful.isEmpty()) {
            return;
        }
        Thread.sleep(TORN_PAGE_MILLIS);
        for (int offset : doubtful) {
            int read = file.read(position + offset, buffer, offset, blockSize);
            if (read < blockSize) {
                // cut off meanwhile; replay does the same
                java.util.Arrays.fill(buffer, offset + read, offset + blockSize, (byte) 0);
            } else {
                judge(path, firstBlock + (position + offset) / blockSize, buffer, offset, findings);
            }
        }
    }

    private boolean isDoubtful(byte[] buffer, int offset, long block) {
        return switch (PageVerifier.verdict(buffer, offset, blockSize, block, backupStart)) {
            case GOOD, NEW -> false;
            case TOO_NEW -> !PageVerifier.hasItsChecksum(buffer, offset, blockSize, block);
            case BAD -> true;
        };
    }

    private void judge(String path, long block, byte[] buffer, int offset, Findings findings) {
        if (isDoubtful(buffer, offset, block)) {
            DamagedPage page = new DamagedPage(path, block);
            if (PageVerifier.verdict(buffer, offset, blockSize, block, backupStart) == Verdict.BAD) {
                findings.damaged().add(page);
            } else {
                findings.suspects().add(new Suspect(page, PageVerifier.lsn(buffer, offset)));
            }
        }
    }
}
