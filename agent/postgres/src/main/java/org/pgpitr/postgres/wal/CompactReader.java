package org.pgpitr.postgres.wal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pgpitr.postgres.InvalidFormatException;

/** Reads what {@link CompactWriter} wrote. What it makes never grows beyond what was read. */
public final class CompactReader {
    private final byte[] bytes;
    private int at;

    public CompactReader(byte[] bytes) {
        this.bytes = bytes;
    }

    private static InvalidFormatException invalid(String what) {
        return new InvalidFormatException("not a summary of WAL: " + what);
    }

    /** @throws InvalidFormatException if there is none, of at most 64 bits */
    public long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == bytes.length) {
                throw invalid("it is cut off");
            }
            byte next = bytes[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw invalid("a number of more than 64 bits");
    }

    /** @throws InvalidFormatException if there is none, or one greater than {@code most} */
    public int number(int most) {
        long value = number();
        if (value < 0 || value > most) {
            throw invalid(Long.toUnsignedString(value) + " where at most " + most + " can stand");
        }
        return (int) value;
    }

    public long signed() {
        long value = number();
        return value >>> 1 ^ -(value & 1);
    }

    public Instant time() {
        return Timestamps.instant(signed());
    }

    public byte[] bytes() {
        int length = number(Integer.MAX_VALUE);
        if (length > bytes.length - at) {
            throw invalid("it is cut off");
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    public <T> Optional<T> optional(Function<CompactReader, T> reader) {
        return number(1) == 0 ? Optional.empty() : Optional.of(reader.apply(this));
    }

    public <T> List<T> list(Function<CompactReader, T> reader) {
        // Each element has a byte at least, so no count makes a list that is longer than what was read.
        int count = number(bytes.length - at);
        List<T> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(reader.apply(this));
        }
        return list;
    }

    /** One of an enumeration, by its place in it. */
    public <E extends Enum<E>> E oneOf(E[] values) {
        return values[number(values.length - 1)];
    }

    /** @throws InvalidFormatException if bytes are left */
    public void end() {
        if (at != bytes.length) {
            throw invalid((bytes.length - at) + " bytes too many");
        }
    }
}
