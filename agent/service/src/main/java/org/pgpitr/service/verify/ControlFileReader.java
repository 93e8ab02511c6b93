package org.pgpitr.service.verify;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.LaneReader;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestEntry;

/** Gets a backup's {@code pg_control}, which tells how its pages are to be read; it stands in the last, small lane. */
final class ControlFileReader {
    static final String PATH = "global/pg_control";
    /** {@code PG_CONTROL_FILE_SIZE} in {@code src/include/catalog/pg_control.h}. */
    static final int LENGTH = 8192;

    private ControlFileReader() {}

    /** Empty if it can't be had; the lane's own verification tells why. */
    static Optional<ControlFile> read(Generation generation, SurveyedBackup backup, Executor readAhead) {
        List<LaneTotals> lanes = backup.lanes();
        if (lanes.isEmpty() || !generation.identity().major().isKnown()) {
            return Optional.empty();
        }
        LaneTotals last = lanes.get(lanes.size() - 1);
        try (LaneReader reader = new LaneReader(generation, backup.summary().id(), last, readAhead)) {
            Optional<ManifestEntry> entry = reader.next();
            while (entry.isPresent() && !entry.get().path().equals(PATH)) {
                entry = reader.next();
            }
            return entry.isPresent() ? parse(bytes(reader)) : Optional.empty();
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.CORRUPT || e.exitCode() == ExitCode.NO_KEY) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static byte[] bytes(LaneReader reader) {
        byte[] bytes = new byte[LENGTH];
        int length = 0;
        while (length < LENGTH) {
            int n = reader.read(bytes, length, LENGTH - length);
            if (n < 0) {
                break;
            }
            length += n;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static Optional<ControlFile> parse(byte[] bytes) {
        try {
            return ControlFile.parseIfKnown(bytes).filter(file -> isUsable(file));
        } catch (InvalidFormatException damaged) {
            return Optional.empty();
        }
    }

    private static boolean isUsable(ControlFile file) {
        return Integer.bitCount(file.blockSize()) == 1
                && file.blockSize() >= 1024
                && file.blockSize() <= 32768
                && file.relationSegmentBlocks() > 0;
    }

    /** What is wrong with a {@code pg_control}, to complete {@code <the file> …}; empty if nothing is. */
    static Optional<String> defect(byte[] bytes, ClusterIdentity cluster) {
        if (!cluster.major().isKnown()) {
            return Optional.empty();
        }
        try {
            ControlFile file = ControlFile.parse(bytes);
            if (!file.systemIdentifier().equals(cluster.systemIdentifier())) {
                return Optional.of("is of the cluster with system identifier " + file.systemIdentifier());
            }
            return isUsable(file) ? Optional.empty() : Optional.of("tells of pages of " + file.blockSize() + " bytes");
        } catch (InvalidFormatException e) {
            return Optional.of("is none that a server starts with: " + e.getMessage());
        }
    }
}
