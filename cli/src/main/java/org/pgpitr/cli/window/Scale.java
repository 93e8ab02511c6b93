package org.pgpitr.cli.window;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.plan.TimelineWindow;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.repository.window.WindowAnswer;

/**
 * Where a moment stands on a drawn line. By time, if that is known of all intervals and never goes back; else by the
 * position in the WAL.
 */
final class Scale {
    /** Something that is drawn: a position, and its time if it is known. */
    record Moment(Lsn lsn, Optional<Instant> time) {}

    private final boolean byTime;
    private final Moment first;
    private final Moment last;
    private final int columns;

    private Scale(boolean byTime, Moment first, Moment last, int columns) {
        this.byTime = byTime;
        this.first = first;
        this.last = last;
        this.columns = columns;
    }

    /** Of all timelines; empty if there is nothing to be drawn. */
    static Optional<Scale> of(WindowAnswer.Known known, int columns) {
        List<Moment> all = new ArrayList<>();
        boolean ordered = true;
        for (TimelineWindow timeline : known.window().timelines()) {
            List<Moment> edges = timeline.intervals().stream()
                    .flatMap(interval -> List.of(begin(interval), end(interval, known)).stream())
                    .toList();
            for (int i = 1; i < edges.size(); i++) {
                ordered &= isOrdered(edges.get(i - 1), edges.get(i));
            }
            all.addAll(edges);
        }
        if (all.isEmpty()) {
            return Optional.empty();
        }
        boolean byTime =
                ordered && all.stream().allMatch(moment -> moment.time().isPresent());
        Moment first = all.get(0);
        Moment last = first;
        for (Moment moment : all) {
            first = compare(moment, first, byTime) < 0 ? moment : first;
            last = compare(moment, last, byTime) > 0 ? moment : last;
        }
        return Optional.of(new Scale(byTime, first, last, columns));
    }

    static Moment begin(WindowInterval interval) {
        return new Moment(interval.range().from(), Optional.of(interval.range().fromTime()));
    }

    /** The last commit; where there is none, the end of the last backup. */
    static Moment end(WindowInterval interval, WindowAnswer.Known known) {
        Instant backup = interval.backups().get(interval.backups().size() - 1).stopped();
        return new Moment(
                interval.range().to(),
                known.of(interval)
                        .map(contents -> contents.last()
                                .map(TransactionEnd::time)
                                .filter(backup::isBefore)
                                .orElse(backup)));
    }

    private static boolean isOrdered(Moment earlier, Moment later) {
        return earlier.time().isPresent()
                && later.time().isPresent()
                && !later.time().get().isBefore(earlier.time().get());
    }

    private static int compare(Moment a, Moment b, boolean byTime) {
        return byTime
                ? a.time().orElseThrow().compareTo(b.time().orElseThrow())
                : a.lsn().compareTo(b.lsn());
    }

    boolean isByTime() {
        return byTime;
    }

    Moment first() {
        return first;
    }

    Moment last() {
        return last;
    }

    int columns() {
        return columns;
    }

    /** From 0 to the number of columns less one. */
    int column(Moment moment) {
        if (byTime && moment.time().isEmpty()) {
            throw new IllegalArgumentException("a moment without a time: " + moment);
        }
        BigDecimal length = value(last).subtract(value(first));
        if (length.signum() <= 0) {
            return 0;
        }
        BigDecimal at = value(moment).subtract(value(first));
        int column = at.multiply(BigDecimal.valueOf(columns - 1L))
                .divide(length, 0, RoundingMode.HALF_UP)
                .intValue();
        return Math.max(0, Math.min(columns - 1, column));
    }

    private BigDecimal value(Moment moment) {
        if (byTime) {
            return BigDecimal.valueOf(moment.time().orElseThrow().toEpochMilli());
        }
        return new BigDecimal(Long.toUnsignedString(moment.lsn().value()));
    }
}
