package org.pgpitr.cli.window;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.output.Human;
import org.pgpitr.repository.plan.GapCause;
import org.pgpitr.repository.plan.PassedOver;
import org.pgpitr.repository.plan.TimelineWindow;
import org.pgpitr.repository.plan.WindowGap;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.repository.window.WindowAnswer;
import org.pgpitr.service.config.TimeSpan;

/**
 * What monitoring wants of the newest timeline.
 *
 * @param maxLag how long ago the last moment may be; empty: any time
 * @param minDepth since when all moments must be recoverable; empty: any time
 */
public record WindowCheck(Optional<Duration> maxLag, Optional<Duration> minDepth) {
    /**
     * What was found, of the interval that ends last on the newest timeline.
     *
     * @param problem why it fails, in one line; empty if it does not
     * @param line for people, whatever it is
     * @param from since when all moments can be recovered; empty if none can
     * @param to the last moment that the WAL tells; empty if none can be recovered or none is told
     * @param lag how long ago that is
     * @param depth how long ago {@code from} is
     */
    public record Verdict(
            Optional<String> problem,
            String line,
            Optional<Instant> from,
            Optional<Instant> to,
            Optional<Duration> lag,
            Optional<Duration> depth) {
        public boolean isOk() {
            return problem.isEmpty();
        }
    }

    /** Judges a window. */
    public Verdict judge(WindowAnswer.Known known, ZoneId zone) {
        Optional<TimelineWindow> latest = known.window().latest();
        if (latest.isEmpty()) {
            return failed(nothing(known), Optional.empty(), Optional.empty(), known.asOf());
        }
        List<WindowInterval> intervals = latest.get().intervals();
        WindowInterval last = intervals.get(intervals.size() - 1);
        Instant from = last.range().fromTime();
        Optional<Instant> to = lastMoment(last, known);
        Optional<String> problem = broken(known, latest.get(), last)
                .or(() -> tooLate(known, to, zone))
                .or(() -> tooShallow(known, latest.get(), from, zone));
        if (problem.isPresent()) {
            return failed(problem.get(), Optional.of(from), to, known.asOf());
        }
        String line = "any moment from " + Human.time(from, zone) + " on can be recovered"
                + to.map(t -> ", to " + Human.time(t, zone)).orElse(" (how far in time is not known)")
                + ", on timeline " + latest.get().timeline();
        return new Verdict(
                Optional.empty(),
                line,
                Optional.of(from),
                to,
                to.map(t -> Duration.between(t, known.asOf())),
                Optional.of(Duration.between(from, known.asOf())));
    }

    private static Verdict failed(String problem, Optional<Instant> from, Optional<Instant> to, Instant now) {
        return new Verdict(
                Optional.of(problem),
                problem,
                from,
                to,
                to.map(t -> Duration.between(t, now)),
                from.map(f -> Duration.between(f, now)));
    }

    private static String nothing(WindowAnswer.Known known) {
        List<PassedOver> unusable = known.window().unusable();
        return unusable.isEmpty()
                ? "nothing can be recovered: there is no backup"
                : "nothing can be recovered: backup "
                        + unusable.get(unusable.size() - 1).id() + " can't be used because "
                        + unusable.get(unusable.size() - 1).reason();
    }

    /** By the WAL, or, where nothing happened since, the backup's end. */
    private static Optional<Instant> lastMoment(WindowInterval interval, WindowAnswer.Known known) {
        Instant backup = interval.backups().get(interval.backups().size() - 1).stopped();
        return known.of(interval)
                .map(contents -> contents.latest().filter(backup::isBefore).orElse(backup));
    }

    /** WAL behind the end of what can be recovered, and newer timelines of which nothing can. */
    private static Optional<String> broken(WindowAnswer.Known known, TimelineWindow latest, WindowInterval last) {
        Optional<TimelineWindow> newer = known.window().timelines().stream()
                .takeWhile(timeline -> !timeline.equals(latest))
                .filter(timeline -> !timeline.gaps().isEmpty())
                .findFirst();
        if (newer.isPresent()) {
            return Optional.of("timeline " + newer.get().timeline() + " can't be recovered: "
                    + causes(newer.get().gaps().get(0)));
        }
        return latest.gaps().stream()
                .filter(gap -> gap.until().isEmpty())
                .findFirst()
                .map(gap -> "nothing behind " + last.range().to() + " of timeline " + latest.timeline()
                        + " can be recovered: " + causes(gap));
    }

    private Optional<String> tooLate(WindowAnswer.Known known, Optional<Instant> to, ZoneId zone) {
        if (maxLag.isEmpty()) {
            return Optional.empty();
        }
        if (to.isEmpty()) {
            return Optional.of("how late the archived WAL goes is not known: "
                    + known.silent().orElse("it tells no time"));
        }
        Duration lag = Duration.between(to.get(), known.asOf());
        return lag.compareTo(maxLag.get()) <= 0
                ? Optional.empty()
                : Optional.of("the last moment that can be recovered is " + Human.time(to.get(), zone) + ", "
                        + Human.duration(lag) + " ago (more than " + TimeSpan.print(maxLag.get()) + ")");
    }

    private Optional<String> tooShallow(WindowAnswer.Known known, TimelineWindow latest, Instant from, ZoneId zone) {
        Duration depth = Duration.between(from, known.asOf());
        if (minDepth.isEmpty() || depth.compareTo(minDepth.get()) >= 0) {
            return Optional.empty();
        }
        String why = latest.gaps().stream()
                .filter(gap -> gap.until().filter(b -> b.stopped().equals(from)).isPresent())
                .findFirst()
                .map(gap -> "; before that, " + causes(gap))
                .orElse("");
        return Optional.of("all moments can be recovered only since " + Human.time(from, zone) + ", "
                + Human.duration(depth) + " ago (less than " + TimeSpan.print(minDepth.get()) + ")" + why);
    }

    private static String causes(WindowGap gap) {
        GapCause first = gap.causes().get(0);
        int more = gap.causes().size() - 1;
        return first.what() + (more == 0 ? "" : ", and " + more + " more");
    }
}
