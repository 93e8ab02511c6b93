package org.pgpitr.postgres.wal;

import org.pgpitr.postgres.TimelineId;

/** A record's main data, read from front to back within its bounds. */
final class RecordData {
    private final WalRecord record;
    private final int limit;
    private int at;

    RecordData(WalRecord record) {
        this.record = record;
        this.at = record.mainDataOffset();
        this.limit = at + record.mainDataLength();
    }

    private int advance(int count) {
        if (count < 0 || limit - at < count) {
            throw record.broken("its data is shorter than its kind needs");
        }
        int from = at;
        at += count;
        return from;
    }

    int int32() {
        return LittleEndian.int32(record.bytes(), advance(4));
    }

    long uint32() {
        return LittleEndian.uint32(record.bytes(), advance(4));
    }

    long int64() {
        return LittleEndian.int64(record.bytes(), advance(8));
    }

    /** A count of elements that must follow; so a hostile count can't make anything large. */
    int count(int elementSize) {
        int count = int32();
        if (count < 0 || (long) count * elementSize > limit - at) {
            throw record.broken("it tells of " + Integer.toUnsignedString(count) + " elements that do not follow");
        }
        return count;
    }

    void skip(int count) {
        advance(count);
    }

    /** Text that ends with a zero byte, or with the {@code width} bytes of its field. */
    String text(int width) {
        int from = advance(width);
        int end = from;
        while (end < from + width && record.bytes()[end] != 0) {
            end++;
        }
        return new String(record.bytes(), from, end - from, java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Text that ends with a zero byte. */
    String text() {
        int from = at;
        while (at < limit && record.bytes()[at] != 0) {
            at++;
        }
        String text = new String(record.bytes(), from, at - from, java.nio.charset.StandardCharsets.UTF_8);
        advance(1);
        return text;
    }

    TimelineId timeline() {
        long value = uint32();
        if (value == 0) {
            throw record.broken("it names timeline 0");
        }
        return new TimelineId(value);
    }

    RelationLocator relation() {
        return new RelationLocator(uint32(), uint32(), uint32());
    }
}
