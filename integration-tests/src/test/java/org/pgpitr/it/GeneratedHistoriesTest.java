package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Content;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * Generated histories on real servers: backups, commits, restore points, a timeline that forks, segments that are lost. A
 * small model says what can be recovered; `window` and `plan` must say the same of every commit, what they accept recovers
 * to exactly that commit, and what they refuse does not, when a server tries it all the same.
 *
 * <p>{@code -Dpgpitr.histories=40 -Dpgpitr.seed=7} for a longer run, and others.
 */
@Tag("scenario")
class GeneratedHistoriesTest {
    private static final int HISTORIES = Integer.getInteger("pgpitr.histories", 6);
    private static final long SEED = Long.getLong("pgpitr.seed", 20261128L);
    private static final WalSegmentSize SIZE = WalSegmentSize.DEFAULT;

    static IntStream numbers() {
        return IntStream.range(0, HISTORIES);
    }

    /** A commit to aim at, on the timeline where it was made. */
    private record Aim(int timeline, Moment moment, Optional<String> point) {
        Lsn lsn() {
            return Lsn.parse(moment.lsn());
        }
    }

    private record Backup(int timeline, Lsn start, Lsn stop) {}

    /** How a recovery is told where to end. */
    private enum Kind {
        TIME,
        NAME,
        XID,
        LSN
    }

    private final List<Aim> aims = new ArrayList<>();
    private Lsn left = Lsn.ZERO;

    @ParameterizedTest(name = "history {0}")
    @MethodSource("numbers")
    void what_is_accepted_recovers_and_what_is_refused_does_not(int number) throws Exception {
        Random random = new Random(SEED + number);
        List<Integer> majors = Majors.all().toList();
        int major = majors.get(majors.size() - 1 - number % majors.size());
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, major, Variant.DISK, InitdbOptions.standard());
            build(source, random);
            lose(source, random);
            check(source, number, random);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + (SEED + number) + ", PostgreSQL " + major + ", left at " + left + ", "
                            + aims.stream().map(Aim::moment).map(Moment::label).toList(),
                    e);
        }
    }

    private void build(Cluster source, Random random) throws IOException {
        source.insert("before");
        source.backup();
        write(source, 1, 2 + random.nextInt(3), random);
        List<Aim> named = aims.stream().filter(aim -> aim.point().isPresent()).toList();
        if (!named.isEmpty() && random.nextInt(3) > 0) {
            Aim fork = named.get(random.nextInt(named.size()));
            Cluster second = source.recoverAndArchive(
                            "--target-name", fork.point().get())
                    .expect(fork.moment());
            Path history = second.server().dataDirectory().resolve("pg_wal/00000002.history");
            left = TimelineHistory.parse(new TimelineId(2), Files.readString(history))
                    .ancestors()
                    .get(0)
                    .switchPoint();
            write(second, 2, 1 + random.nextInt(3), random);
            second.discard();
            write(source, 1, 1, random);
        }
    }

    private void write(Cluster on, int timeline, int stretches, Random random) {
        for (int i = 0; i < stretches; i++) {
            for (int j = random.nextInt(3); j >= 0; j--) {
                Moment moment = on.insert("t" + timeline + " " + aims.size());
                Optional<String> point = random.nextBoolean() ? Optional.of("point " + aims.size()) : Optional.empty();
                point.ifPresent(on::restorePoint);
                aims.add(new Aim(timeline, moment, point));
            }
            on.archive();
            if (random.nextInt(4) == 0) {
                on.backup();
            }
        }
    }

    private static Path segment(Cluster source, WalSegmentName name) {
        return source.repositoryFolder()
                .resolve("main/1/wal/" + name.timeline().hex() + "/"
                        + name.toString().substring(8, 16) + "/" + name + ".zst");
    }

    /** A segment that some commit stands in. */
    private void lose(Cluster source, Random random) throws IOException {
        for (int i = random.nextInt(3); i > 0; i--) {
            Aim aim = aims.get(random.nextInt(aims.size()));
            Files.deleteIfExists(
                    segment(source, WalSegmentName.containing(new TimelineId(aim.timeline()), aim.lsn(), SIZE)));
        }
    }

    /** Whether some backup has ended before, and all segments from its start to that commit, or a later one, are there. */
    private boolean isRecoverable(Cluster source, List<Backup> backups, Aim aim, Aim through) {
        return backups.stream().anyMatch(backup -> {
            boolean onTheWay = backup.timeline() == aim.timeline()
                    || backup.timeline() < aim.timeline() && !backup.stop().isAfter(left);
            return onTheWay && !backup.stop().isAfter(aim.lsn()) && isThere(source, backup.start(), through);
        });
    }

    private boolean isThere(Cluster source, Lsn from, Aim aim) {
        long last = SIZE.segmentNumber(aim.lsn());
        for (long number = SIZE.segmentNumber(from); number <= last; number++) {
            boolean second = aim.timeline() == 2 && number >= SIZE.segmentNumber(left);
            WalSegmentName name = WalSegmentName.of(new TimelineId(second ? 2 : 1), number, SIZE);
            if (!Files.exists(segment(source, name))) {
                // The promotion left what was written up to the switch.
                Path partial = segment(source, name).resolveSibling(name + ".partial.zst");
                return number == last && aim.lsn().isBefore(left) && Files.exists(partial);
            }
        }
        return true;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> in, String member) {
        return (List<Map<String, Object>>) in.get(member);
    }

    private static Map<String, Object> json(Cluster source, String command) {
        return source.pgpitr().run(command, "--json").expect(ExitCode.OK).json();
    }

    private static Lsn lsn(Map<String, Object> in, String member) {
        return Lsn.parse((String) in.get(member));
    }

    private void check(Cluster source, int number, Random random) throws IOException {
        List<Backup> backups = list(json(source, "list"), "backups").stream()
                .map(each -> new Backup(
                        ((Number) each.get("timeline")).intValue(), lsn(each, "start_lsn"), lsn(each, "stop_lsn")))
                .toList();
        Map<String, Object> window = json(source, "window");
        List<Aim> accepted = new ArrayList<>();
        List<Aim> refused = new ArrayList<>();
        for (int i = 0; i < aims.size(); i++) {
            Aim aim = aims.get(i);
            boolean expected = isRecoverable(source, backups, aim, aim);
            assertThat(isInWindow(window, aim))
                    .as("the window tells of %s at %s: %s", aim.moment().label(), aim.lsn(), window)
                    .isEqualTo(expected);
            // By its number, its name or its position a commit is reached alike; a time is, when there is a later
            // commit
            Kind kind = Kind.values()[i % Kind.values().length];
            boolean reached = kind == Kind.TIME ? isPassed(source, backups, aim) : expected;
            source.pgpitr().run(command("plan", kind, aim)).expect(reached ? ExitCode.OK : ExitCode.TARGET_UNREACHABLE);
            (expected ? accepted : refused).add(aim);
        }
        recover(source, backups, accepted, Kind.values()[number % Kind.values().length], random);
        if (number % 2 == 0 && !refused.isEmpty() && !backups.isEmpty()) {
            force(source, refused.get(random.nextInt(refused.size())));
        }
    }

    private static boolean isInWindow(Map<String, Object> window, Aim aim) {
        return list(window, "timelines").stream()
                .filter(each -> ((Number) each.get("timeline")).intValue() == aim.timeline())
                .flatMap(each -> list(each, "intervals").stream())
                .anyMatch(interval -> !aim.lsn().isBefore(lsn(interval, "from_lsn"))
                        && aim.lsn().isBefore(lsn(interval, "to_lsn")));
    }

    private void recover(Cluster source, List<Backup> backups, List<Aim> accepted, Kind wanted, Random random) {
        List<Aim> fitting = accepted.stream()
                .filter(aim -> wanted != Kind.TIME || isPassed(source, backups, aim))
                .filter(aim -> wanted != Kind.NAME || aim.point().isPresent())
                .toList();
        if (!fitting.isEmpty()) {
            Aim aim = fitting.get(random.nextInt(fitting.size()));
            source.recover(options(wanted, aim).toArray(String[]::new))
                    .expect(aim.moment())
                    .discard();
        }
    }

    /** A server knows a time for reached when it meets a later commit, and so does the plan. */
    private boolean isPassed(Cluster source, List<Backup> backups, Aim aim) {
        return aims.stream()
                .filter(other ->
                        other.timeline() == aim.timeline() && other.lsn().isAfter(aim.lsn()))
                .min(Comparator.comparing(Aim::lsn))
                .filter(next -> isRecoverable(source, backups, aim, next))
                .isPresent();
    }

    private static String[] command(String command, Kind kind, Aim aim) {
        return Stream.concat(Stream.of(command), options(kind, aim).stream()).toArray(String[]::new);
    }

    private static List<String> options(Kind kind, Aim aim) {
        List<String> target = switch (kind) {
            case TIME -> List.of("--target-time", aim.moment().time());
            case NAME ->
                aim.point()
                        .map(point -> List.of("--target-name", point))
                        .orElse(List.of("--target-lsn", aim.moment().lsn()));
            case XID -> List.of("--target-xid", Long.toString(aim.moment().xid()));
            case LSN -> List.of("--target-lsn", aim.moment().lsn());
        };
        return Stream.concat(target.stream(), Stream.of("--target-timeline", Integer.toString(aim.timeline())))
                .toList();
    }

    /** From the oldest backup, as if there were no plan. */
    private static void force(Cluster source, Aim aim) throws IOException {
        String oldest = source.pgpitr().backups().get(0);
        Outcome immediate = source.pgpitr().run("plan", "--target-immediate", "--backup", oldest);
        if (immediate.status() != 0) {
            return;
        }
        Cluster forced =
                source.restore("--no-archive", "--target-immediate", "--backup", oldest, "--target-action", "promote");
        PostgresInstance server = forced.server();
        Path settings = server.dataDirectory().resolve("postgresql.auto.conf");
        Files.writeString(
                settings,
                Files.readString(settings)
                        .replaceAll(
                                "(?m)^recovery_target = .*$",
                                "recovery_target_lsn = '" + aim.moment().lsn() + "'")
                        .replaceAll(
                                "(?m)^recovery_target_timeline = .*$",
                                "recovery_target_timeline = '" + aim.timeline() + "'"));
        server.tryStart();
        server.await("the end of the recovery", () -> !server.isRunning() || hasRecovered(server));
        if (server.isRunning()) {
            // It read on in the WAL of another branch.
            assertThat(Content.of(server))
                    .as("content at %s", aim.lsn())
                    .isNotEqualTo(aim.moment().content());
        } else {
            assertThat(server.log()).as("recovery to %s", aim.lsn()).contains("FATAL");
        }
        forced.discard();
    }

    private static boolean hasRecovered(PostgresInstance server) {
        try {
            return server.query("select pg_is_in_recovery()").equals("f");
        } catch (PgpitrException e) {
            // It begins or ends just now.
            return false;
        }
    }
}
