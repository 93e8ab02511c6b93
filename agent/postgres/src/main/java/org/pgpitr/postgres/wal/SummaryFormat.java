package org.pgpitr.postgres.wal;

import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/** The binary form of a {@link SegmentSummary}; docs/wal-index.md defines it. */
public final class SummaryFormat {
    /** Stands first; a reader refuses others. */
    public static final int VERSION = 1;

    /** Longer ones are not written: a summary stays small beside its segment. */
    public static final int MAX_LENGTH = 1 << 20;

    private SummaryFormat() {}

    public static byte[] write(SegmentSummary summary) {
        CompactWriter out = new CompactWriter().number(VERSION);
        out.text(summary.segment().toString()).number(summary.segments());
        out.number(summary.size().bytes() >> 20).number(summary.major().value());
        long base = summary.start().value();
        part(out, base, summary.front());
        out.optional(summary.firstPrevious(), (o, lsn) -> o.signed(lsn.value() - base));
        out.optional(summary.last(), (o, lsn) -> o.signed(lsn.value() - base));
        part(out, base, summary.back());
        out.number(summary.end().ordinal()).signed(summary.walEnd().value() - base);
        new FactsFormat(summary.start()).write(out, summary.facts());
        return out.toBytes();
    }

    /** @throws InvalidFormatException if it is none, or of another version */
    public static SegmentSummary parse(byte[] bytes) {
        if (bytes.length > MAX_LENGTH) {
            throw new InvalidFormatException("not a summary of WAL: " + bytes.length + " bytes");
        }
        CompactReader in = new CompactReader(bytes);
        long version = in.number();
        if (version != VERSION) {
            throw new InvalidFormatException("a summary of WAL of version " + Long.toUnsignedString(version)
                    + ", which this version of pgpitr does not know");
        }
        WalSegmentName segment = WalSegmentName.parse(in.text());
        long segments = in.number(1 << 20);
        WalSegmentSize size = new WalSegmentSize(in.number(1 << 10) << 20);
        PostgresMajor major = new PostgresMajor(in.number(9999));
        long base = segment.start(size).value();
        SegmentSummary summary = new SegmentSummary(
                segment,
                segments,
                size,
                major,
                part(in, base),
                lsn(in, base),
                lsn(in, base),
                part(in, base),
                in.oneOf(WalReader.End.values()),
                new Lsn(base + in.signed()),
                new FactsFormat(new Lsn(base)).read(in));
        in.end();
        return summary;
    }

    private static Optional<Lsn> lsn(CompactReader in, long base) {
        return in.optional(i -> new Lsn(base + i.signed()));
    }

    private static void part(CompactWriter out, long base, RecordPart part) {
        out.number(part.length());
        if (!part.isEmpty()) {
            out.number(part.total()).signed(part.lsn().value() - base).bytes(part.bytes());
        }
    }

    private static RecordPart part(CompactReader in, long base) {
        long length = in.number();
        if (length == 0) {
            return RecordPart.NONE;
        }
        long total = in.number();
        long lsn = base + in.signed();
        byte[] bytes = in.bytes();
        if (length < 0 || total < length || bytes.length != RecordPart.kept(total, length)) {
            throw new InvalidFormatException("not a summary of WAL: a record's part of " + length + " of " + total
                    + " bytes with " + bytes.length + " of them kept");
        }
        return RecordPart.of(lsn, total, length, bytes);
    }
}
