package org.pgpitr.cli.option;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.recovery.TargetTime;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.find.SearchRange;
import org.pgpitr.service.config.TimeSpan;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where to search. */
public final class SearchRangeOptions {
    private static final Duration WITHIN = Duration.ofMinutes(10);
    private static final Duration LATEST = Duration.ofHours(1);

    @Option(
            names = "--around",
            paramLabel = "TIME",
            order = 1,
            description =
                    "Before and after this time: '2026-11-20 14:05+01', 2026-11-20T13:05:00Z, or '2026-11-20 14:05"
                            + " Europe/Berlin'. Without a zone the local one is assumed, and printed.")
    private String around;

    @Option(
            names = "--within",
            paramLabel = "SPAN",
            order = 2,
            description = "So long before and after it: 30s, 10min, 2h. Default: 10min.")
    private String within;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            order = 3,
            description = "From this time on. Without any range: the last hour.")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", order = 4, description = "Up to this time.")
    private String to;

    @Option(names = "--from-lsn", paramLabel = "LSN", order = 5, description = "From this position in the WAL on: X/X.")
    private String fromLsn;

    @Option(names = "--to-lsn", paramLabel = "LSN", order = 6, description = "Up to this position in the WAL.")
    private String toLsn;

    /**
     * What was given; the last hour if nothing was.
     *
     * @param command whose command line it is
     * @throws ParameterException if a value makes no sense
     */
    public SearchRange range(CommandLine command, ZoneId local, Instant now) {
        try {
            SearchRange range = range(local, now);
            requireOrder(range);
            return range;
        } catch (InvalidFormatException | IllegalArgumentException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
    }

    private SearchRange range(ZoneId local, Instant now) {
        if (around == null && within != null) {
            throw new IllegalArgumentException("--within goes with --around");
        }
        if (around != null) {
            if (Stream.of(from, to, fromLsn, toLsn).anyMatch(other -> other != null)) {
                throw new IllegalArgumentException("--around stands for --from and --to: give one or the other");
            }
            Instant middle = TargetTime.parse(around, local).time();
            Duration span = within == null ? WITHIN : TimeSpan.parse(within);
            return SearchRange.time(middle.minus(span), middle.plus(span));
        }
        if (to != null && from == null && fromLsn == null) {
            throw new IllegalArgumentException("--to without a beginning would read all WAL: give --from too");
        }
        if (toLsn != null && from == null && fromLsn == null) {
            throw new IllegalArgumentException("--to-lsn without a beginning would read all WAL: give --from-lsn too");
        }
        if (from == null && fromLsn == null) {
            return new SearchRange(
                    Optional.of(now.minus(LATEST)), Optional.empty(), Optional.empty(), Optional.empty());
        }
        return new SearchRange(time(from, local), time(to, local), lsn(fromLsn), lsn(toLsn));
    }

    private static Optional<Instant> time(String text, ZoneId local) {
        return Optional.ofNullable(text)
                .map(given -> TargetTime.parse(given, local).time());
    }

    private static Optional<Lsn> lsn(String text) {
        return Optional.ofNullable(text).map(Lsn::parse);
    }

    private static void requireOrder(SearchRange range) {
        if (range.from().isPresent()
                && range.to().isPresent()
                && range.to().get().isBefore(range.from().get())) {
            throw new IllegalArgumentException("--to is before --from");
        }
        if (range.fromLsn().isPresent()
                && range.toLsn().isPresent()
                && range.toLsn().get().isBefore(range.fromLsn().get())) {
            throw new IllegalArgumentException("--to-lsn is before --from-lsn");
        }
    }

    /** A time without a zone is told as it was understood. */
    public void tellAssumedZone(Environment environment) {
        ZoneId local = environment.clock().getZone();
        List<String> names = new ArrayList<>(List.of("--around", "--from", "--to"));
        List<String> texts = new ArrayList<>();
        texts.add(around);
        texts.add(from);
        texts.add(to);
        for (int i = 0; i < names.size(); i++) {
            if (texts.get(i) == null) {
                continue;
            }
            TargetTime given = TargetTime.parse(texts.get(i), local);
            if (given.naming() == TargetTime.Naming.ASSUMED) {
                new ErrorText(environment.err(), environment.coloursErr())
                        .warning(names.get(i) + " names no zone; it is understood as "
                                + Human.exactTime(given.time(), local) + " (" + local + ")");
            }
        }
    }
}
