package org.pgpitr.postgres.wal;

import java.util.Arrays;
import org.pgpitr.postgres.Lsn;

/**
 * What one segment holds of a record that crosses a segment's boundary: the beginning of one that goes on in the next
 * segment, or the rest of one that began before.
 */
public final class RecordPart {
    /** Parts of records up to this length are kept whole. */
    public static final int KEPT = 16 << 10;
    /** So much is kept of others: the record's header, and the time of a commit. */
    public static final int KEPT_OF_LONG = 64;

    /** Of no record. */
    static final RecordPart NONE = new RecordPart(0, 0, 0, new byte[0]);

    private final long lsn;
    private final long total;
    private final long length;
    private final byte[] bytes;

    private RecordPart(long lsn, long total, long length, byte[] bytes) {
        this.lsn = lsn;
        this.total = total;
        this.length = length;
        this.bytes = bytes;
    }

    /** Takes as much of a part as is kept. */
    static RecordPart of(long lsn, long total, long length, byte[] bytes) {
        return length == 0
                ? NONE
                : new RecordPart(lsn, total, length, Arrays.copyOf(bytes, (int) Math.min(length, kept(total))));
    }

    private static int kept(long total) {
        return total <= KEPT ? KEPT : KEPT_OF_LONG;
    }

    /** How many bytes are kept of a part of that length. */
    static int kept(long total, long length) {
        return (int) Math.min(length, kept(total));
    }

    /** Of a beginning, where the record begins. Of a rest, the position behind it, or the segment's end before that. */
    public Lsn lsn() {
        return new Lsn(lsn);
    }

    /** In bytes: of the beginning, the whole record; of a rest, all that was missing at the segment's beginning. */
    public long total() {
        return total;
    }

    /** How much of it is in the segment, in bytes; 0 if there is no such record. */
    public long length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** This rest, going on through the next segment. */
    RecordPart longer(RecordPart next) {
        return new RecordPart(next.lsn, total, length + next.length, bytes);
    }

    /** Those bytes, then the kept ones of this part. */
    byte[] after(byte[] before) {
        byte[] both = Arrays.copyOf(before, before.length + bytes.length);
        System.arraycopy(bytes, 0, both, before.length, bytes.length);
        return both;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordPart that
                && lsn == that.lsn
                && total == that.total
                && length == that.length
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(lsn) * 31 + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return length + " of " + total + " bytes, at " + lsn();
    }

    /** Collects a part page by page. */
    static final class Collector {
        private byte[] bytes = new byte[0];
        private long total;
        private long length;

        void clear() {
            begin(0);
        }

        void begin(long wholeLength) {
            total = wholeLength;
            length = 0;
        }

        void append(byte[] source, int from, int count) {
            int room = (int) Math.max(0, kept(total) - length);
            int taken = Math.min(count, room);
            if (taken > 0) {
                if (length + taken > bytes.length) {
                    bytes = Arrays.copyOf(bytes, kept(total));
                }
                System.arraycopy(source, from, bytes, (int) length, taken);
            }
            length += count;
        }

        RecordPart part(long end) {
            return of(end, total, length, bytes);
        }
    }
}
