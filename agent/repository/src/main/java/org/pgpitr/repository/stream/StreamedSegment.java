package org.pgpitr.repository.stream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.archive.PlacedFile;

/** A segment put together from its pieces, beside its place and not there yet. Closing it without placing discards it. */
public final class StreamedSegment implements AutoCloseable {
    private static final int BUFFER = 1 << 17;

    private final Lsn start;
    private final Lsn end;
    private final PlacedFile file;

    StreamedSegment(Lsn start, Lsn end, PlacedFile file) {
        this.start = start;
        this.end = end;
        this.file = file;
    }

    /** The first byte that no piece holds; from here on there are zeros. */
    public Lsn end() {
        return end;
    }

    /** All of it, with the zeros at its end. */
    public byte[] bytes() {
        return file.read(0, Math.toIntExact(file.length()));
    }

    /** Puts it in place, durable; replaces a file that is there. */
    public void place() {
        file.place();
    }

    /**
     * Whether another copy of the segment holds all that the pieces hold, and maybe more.
     *
     * @param copy a whole or partial segment in full size
     * @throws PgpitrException DISK_UNAVAILABLE if it can't be read
     */
    public boolean isBeginningOf(Path copy) {
        try (InputStream in = Files.newInputStream(copy)) {
            byte[] theirs = new byte[BUFFER];
            for (Lsn at = start; at.isBefore(end); at = at.plus(BUFFER)) {
                int length = (int) Math.min(BUFFER, end.minus(at));
                if (in.readNBytes(theirs, 0, length) < length
                        || Arrays.mismatch(theirs, 0, length, file.read(at.minus(start), length), 0, length) >= 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.DISK_UNAVAILABLE,
                    "can't read " + copy + ": " + e,
                    "look at the disk that holds it, and at its permissions",
                    e);
        }
    }

    /**
     * Fails unless two repositories' streams are the same as far as both go.
     *
     * @throws PgpitrException WAL_CONFLICT
     */
    public void requireAgreement(StreamedSegment other) {
        Lsn common = end.isBefore(other.end) ? end : other.end;
        for (Lsn at = start; at.isBefore(common); at = at.plus(BUFFER)) {
            int length = (int) Math.min(BUFFER, common.minus(at));
            int different =
                    Arrays.mismatch(file.read(at.minus(start), length), other.file.read(at.minus(start), length));
            if (different >= 0) {
                throw Conflicts.amongRepositories(at.plus(different));
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
