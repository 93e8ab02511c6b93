package org.pgpitr.repository.measured;

import java.time.Duration;
import java.util.List;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.WalRange;

/**
 * How long a plan will take, by what earlier restores and replays took. A pure function of its arguments.
 *
 * @param restore to fetch the backup and write its files
 * @param replay from the server's start to the target
 */
public record ExpectedDuration(Expectation restore, Expectation replay) {
    /** Cautious, where nothing was measured: a slow disk, and WAL that is fetched and replayed one by one. */
    private static final double ASSUMED_RESTORE = 40 << 20;

    private static final double ASSUMED_REPLAY = 32 << 20;

    /** The measurements that count at most, the newest. */
    private static final int COUNTED = 5;

    /** Those of about the same size tell most: what a restore costs at least weighs less in a big one. */
    private static final double ALIKE = 4;

    /**
     * An expectation.
     *
     * @param restores measured, newest first
     * @param replays measured, newest first
     * @param host where the plan will be carried out
     */
    public static ExpectedDuration of(
            RecoveryPlan plan, List<Measurement> restores, List<Measurement> replays, String host) {
        BackupSummary backup = plan.backup();
        Duration took = Duration.between(backup.started(), backup.stopped());
        Expectation likeTheBackup = took.isNegative() || took.isZero()
                ? assumed(backup.originalBytes(), ASSUMED_RESTORE)
                : new Expectation(took, Expectation.Basis.BACKUP, 0);
        long wal = walBytes(plan);
        return new ExpectedDuration(
                measured(backup.originalBytes(), restores, host, likeTheBackup),
                measured(wal, replays, host, assumed(wal, ASSUMED_REPLAY)));
    }

    /** In whole segments, as replays are measured. */
    private static long walBytes(RecoveryPlan plan) {
        return plan.wal().stream().mapToLong(range -> bytes(plan, range)).sum();
    }

    private static long bytes(RecoveryPlan plan, WalRange range) {
        WalSegmentSize size = plan.backup().segmentSize();
        return (range.last().number(size) - range.first().number(size) + 1) * size.bytes();
    }

    private static Expectation assumed(long bytes, double speed) {
        return new Expectation(seconds(bytes / speed), Expectation.Basis.ASSUMED, 0);
    }

    private static Expectation measured(long bytes, List<Measurement> all, String host, Expectation otherwise) {
        List<Measurement> here = all.stream().filter(m -> m.host().equals(host)).toList();
        List<Measurement> of = here.isEmpty() ? all : here;
        if (of.isEmpty()) {
            return otherwise;
        }
        List<Measurement> alike = of.stream()
                .filter(m -> m.bytes() <= ALIKE * bytes && bytes <= ALIKE * m.bytes())
                .toList();
        double[] speeds = (alike.isEmpty() ? of : alike)
                .stream()
                        .limit(COUNTED)
                        .mapToDouble(Measurement::speed)
                        .sorted()
                        .toArray();
        int middle = speeds.length / 2;
        double median = speeds.length % 2 == 1 ? speeds[middle] : (speeds[middle - 1] + speeds[middle]) / 2;
        return new Expectation(
                seconds(bytes / median),
                here.isEmpty() ? Expectation.Basis.OTHER_HOSTS : Expectation.Basis.THIS_HOST,
                speeds.length);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /** Of both together. */
    public Duration whole() {
        return restore.duration().plus(replay.duration());
    }
}
