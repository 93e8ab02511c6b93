package org.pgpitr.cli.demo;

import java.util.ArrayList;
import java.util.List;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * How a cluster is made. The superuser is always {@code postgres}, the locale C, the encoding UTF-8, and every local
 * connection is trusted.
 *
 * @param checksums whether data pages carry checksums
 * @param segmentSize of the WAL
 */
public record InitdbOptions(Checksums checksums, WalSegmentSize segmentSize) {
    /** Whether data pages carry checksums. */
    public enum Checksums {
        ON,
        OFF
    }

    /** With checksums and 16 MB segments. */
    public static InitdbOptions standard() {
        return new InitdbOptions(Checksums.ON, WalSegmentSize.DEFAULT);
    }

    public InitdbOptions with(Checksums wanted) {
        return new InitdbOptions(wanted, segmentSize);
    }

    public InitdbOptions with(WalSegmentSize wanted) {
        return new InitdbOptions(checksums, wanted);
    }

    List<String> arguments(PostgresMajor major) {
        List<String> arguments = new ArrayList<>(List.of(
                "--username=postgres",
                "--auth=trust",
                "--locale=C",
                "--encoding=UTF8",
                "--no-sync",
                "--wal-segsize=" + (segmentSize.bytes() >> 20)));
        if (checksums == Checksums.ON) {
            arguments.add("--data-checksums");
        } else if (major.isAtLeast(18)) {
            arguments.add("--no-data-checksums"); // on by default since 18
        }
        return arguments;
    }
}
