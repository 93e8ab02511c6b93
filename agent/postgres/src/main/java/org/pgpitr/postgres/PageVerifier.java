package org.pgpitr.postgres;

/**
 * Judges a page that was read while the server may have been writing it, as {@code sendFile()} in
 * {@code src/backend/backup/basebackup.c} does.
 */
public final class PageVerifier {
    /** What a page turns out to be. */
    public enum Verdict {
        /** The checksum is right. */
        GOOD,
        /** Never written: all zero. */
        NEW,
        /** Changed since the backup began, so replay puts it right and its checksum says nothing. */
        TOO_NEW,
        /** Damaged, or torn: read it again before believing it. */
        BAD
    }

    private PageVerifier() {}

    /**
     * @param buffer holds the page at {@code offset}
     * @param blockSize the page's size in bytes
     * @param blockNumber as in {@link PageChecksum#compute}
     * @param backupStart the backup's start position
     */
    public static Verdict verdict(byte[] buffer, int offset, int blockSize, long blockNumber, Lsn backupStart) {
        throw new UnsupportedOperationException();
    }
}
