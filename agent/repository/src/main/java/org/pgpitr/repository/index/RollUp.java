package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.List;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.CompactReader;
import org.pgpitr.postgres.wal.CompactWriter;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;

/**
 * The summaries of all segments of one group, in one object; docs/wal-index.md defines its form.
 *
 * @param entries in order, without a gap, each of as many segments as the level tells
 */
record RollUp(List<SegmentSummary> entries) {
    private static final int VERSION = 1;
    /** So much is kept of each list of an entry, beside restore points and timeline switches. */
    static final int KEPT_IN_GROUP = 100;

    RollUp {
        entries = List.copyOf(entries);
    }

    /** Of segments' summaries, or of groups joined. */
    static RollUp of(Level level, List<SegmentSummary> entries) {
        int kept = level == Level.GROUP ? KEPT_IN_GROUP : 0;
        return new RollUp(entries.stream().map(e -> e.brief(kept)).toList());
    }

    byte[] write(SystemIdentifier cluster) {
        CompactWriter out = new CompactWriter().number(VERSION).number(cluster.value());
        out.list(entries, (o, entry) -> o.bytes(SummaryFormat.write(entry)));
        return out.toBytes();
    }

    /**
     * A roll-up.
     *
     * @param cluster whose it must be
     * @param first the group's first segment
     * @throws InvalidFormatException if it is not the roll-up of that group
     */
    static RollUp parse(
            byte[] bytes, SystemIdentifier cluster, Level level, WalSegmentName first, WalSegmentSize size) {
        CompactReader in = new CompactReader(bytes);
        long version = in.number();
        if (version != VERSION) {
            throw new InvalidFormatException("a roll-up of version " + Long.toUnsignedString(version)
                    + ", which this version of pgpitr does not know");
        }
        SystemIdentifier written = new SystemIdentifier(in.number());
        if (!written.equals(cluster)) {
            throw new InvalidFormatException("a roll-up of cluster " + written);
        }
        int count = in.number(level.entries());
        List<SegmentSummary> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SegmentSummary entry = SummaryFormat.parse(in.bytes());
            long number = first.number(size) + (long) i * level.step();
            if (entry.segments() != level.step()
                    || !entry.size().equals(size)
                    || !entry.segment().equals(WalSegmentName.of(first.timeline(), number, size))) {
                throw new InvalidFormatException(
                        "a roll-up with " + entry.segment() + " and " + entry.segments() + " segments in place " + i);
            }
            entries.add(entry);
        }
        in.end();
        if (count != level.entries()) {
            throw new InvalidFormatException("a roll-up of " + count + " entries");
        }
        return new RollUp(entries);
    }
}
