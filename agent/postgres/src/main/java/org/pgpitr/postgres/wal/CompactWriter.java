package org.pgpitr.postgres.wal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Writes the binary form of summaries, as docs/wal-index.md defines it: unsigned numbers as LEB128, times in
 * microseconds, texts and bytes with their length, lists with their count.
 */
public final class CompactWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An unsigned number. */
    public CompactWriter number(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    /** A number that may be negative, small if it is near to 0. */
    public CompactWriter signed(long value) {
        return number(value << 1 ^ value >> 63);
    }

    public CompactWriter time(Instant time) {
        return signed(Timestamps.timestampTz(time));
    }

    public CompactWriter bytes(byte[] bytes) {
        number(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    public CompactWriter text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** 0, or 1 and the element. */
    public <T> CompactWriter optional(Optional<T> element, BiConsumer<CompactWriter, T> writer) {
        number(element.isPresent() ? 1 : 0);
        element.ifPresent(e -> writer.accept(this, e));
        return this;
    }

    public <T> CompactWriter list(List<T> elements, BiConsumer<CompactWriter, T> writer) {
        number(elements.size());
        elements.forEach(e -> writer.accept(this, e));
        return this;
    }

    public byte[] toBytes() {
        return out.toByteArray();
    }
}
