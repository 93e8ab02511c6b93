package org.pgpitr.repository.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.FactsBuilder;
import org.pgpitr.repository.plan.PassedOver;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.SimulatedCluster;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.storage.ObjectKey;

/** Made-up generations of a cluster, one after the other, a policy, and a time at which it is applied. */
final class SimulatedHistory {
    /** So that the first generation is written into December, the second into a new year, and the third into February. */
    private static final Duration BEGIN = Duration.ofHours(301 * 24 + 18);

    private static final Duration GENERATION = Duration.ofHours(30 * 24 + 15);

    /** One generation; its cluster's times are shifted. */
    record Era(int number, SimulatedCluster cluster, GenerationFacts facts, List<SimulatedCluster.File> files) {
        Instant time(int timeline, int record) {
            return SimulatedHistory.time(number, timeline, record);
        }

        /** When a file was archived. */
        Instant archived(SimulatedCluster.File file) {
            return time(file.timeline(), (file.segment() + 1) * SimulatedCluster.RECORDS);
        }

        static List<SimulatedCluster.File> files(SimulatedCluster cluster) {
            List<SimulatedCluster.File> files = new ArrayList<>();
            for (SimulatedCluster.Timeline t : cluster.timelines) {
                for (int segment = 0; segment <= 20; segment++) {
                    for (WalRange.Form form : WalRange.Form.values()) {
                        SimulatedCluster.File file = new SimulatedCluster.File(t.id(), segment, form);
                        if (cluster.files.containsKey(file.toString())) {
                            files.add(file);
                        }
                    }
                }
            }
            return files;
        }
    }

    final List<Era> eras = new ArrayList<>();
    final RetentionPolicy policy;
    final Instant now;

    SimulatedHistory(Random random) {
        int count = 1 + random.nextInt(3) / 2 + random.nextInt(3) / 2;
        for (int number = 1; number <= count; number++) {
            SimulatedCluster cluster = new SimulatedCluster(random);
            List<SimulatedCluster.File> files = Era.files(cluster);
            eras.add(new Era(number, cluster, facts(new Era(number, cluster, null, files), random), files));
        }
        Era last = eras.get(count - 1);
        now = last.time(last.cluster().timelines.size(), 40).plusSeconds(random.nextInt(100_000));
        policy = policy(random);
    }

    RetentionFacts facts() {
        return new RetentionFacts(eras.stream().map(Era::facts).toList(), now);
    }

    static Instant time(int era, int timeline, int record) {
        return SimulatedCluster.time(timeline, record).plus(shift(era));
    }

    private static Duration shift(int era) {
        return BEGIN.plus(GENERATION.multipliedBy(era));
    }

    private static GenerationFacts facts(Era era, Random random) {
        int number = era.number();
        SimulatedCluster cluster = era.cluster();
        RecoveryFacts plain = cluster.facts();
        List<BackupSummary> backups =
                plain.backups().stream().map(b -> shifted(b, number)).toList();
        ArchiveTimes.Builder times = ArchiveTimes.builder();
        era.files().forEach(f -> times.segment(new TimelineId(f.timeline()), f.segment(), era.archived(f)));
        for (SimulatedCluster.Timeline t : cluster.timelines) {
            if (t.parent() != 0) {
                times.history(new TimelineId(t.id()), era.time(t.id(), t.begin()));
            }
        }
        Map<BackupId, Pin> pins = new HashMap<>();
        Map<BackupId, String> users = new HashMap<>();
        for (BackupSummary backup : backups) {
            Instant end = backup.stopped().plusSeconds(random.nextInt(6_000_000));
            if (random.nextInt(8) == 0) {
                pins.put(
                        backup.id(),
                        new Pin(
                                backup.id(),
                                "why not",
                                backup.stopped(),
                                random.nextBoolean() ? Optional.of(end) : Optional.empty()));
            }
            if (random.nextInt(12) == 0) {
                users.put(backup.id(), "a restore");
            }
        }
        List<PassedOver> unreadable = random.nextInt(20) == 0
                ? List.of(new PassedOver(BackupId.at(time(number, 1, 3)), "it is damaged"))
                : List.of();
        RecoveryFacts recovery = new RecoveryFacts(
                plain.segmentSize(), backups, unreadable, plain.histories(), plain.wal(), plain.asOf());
        return new GenerationFacts(
                number,
                recovery,
                Map.of(),
                times.build(),
                List.of(),
                pieces(era.files()),
                pins,
                users,
                List.of(),
                Optional.empty(),
                companions(cluster, random));
    }

    private static List<SegmentPieces> pieces(List<SimulatedCluster.File> files) {
        return files.stream()
                .filter(f -> f.form() == WalRange.Form.STREAMED)
                .map(f -> new SegmentPieces(
                        WalSegmentName.of(new TimelineId(f.timeline()), f.segment(), FactsBuilder.SIZE), 3, 300))
                .toList();
    }

    /** Roll-ups of four segments, segments that were refused, and names, all of any place. */
    private static List<WalCompanion> companions(SimulatedCluster cluster, Random random) {
        List<WalCompanion> all = new ArrayList<>();
        for (SimulatedCluster.Timeline t : cluster.timelines) {
            TimelineId timeline = new TimelineId(t.id());
            for (int first = 0; first <= 16; first += 4) {
                if (random.nextBoolean()) {
                    all.add(companion(WalCompanion.Kind.ROLL_UP, timeline, first, first + 3, all.size()));
                }
            }
            for (int i = random.nextInt(6); i > 0; i--) {
                int segment = random.nextInt(20);
                WalCompanion.Kind kind = random.nextInt(3) == 0 ? WalCompanion.Kind.REFUSED : WalCompanion.Kind.NAMES;
                all.add(companion(kind, timeline, segment, segment, all.size()));
            }
        }
        return all;
    }

    private static WalCompanion companion(
            WalCompanion.Kind kind, TimelineId timeline, int first, int last, int serial) {
        return new WalCompanion(kind, ObjectKey.of("main/%08d".formatted(serial)), timeline, first, last, 1);
    }

    private static BackupSummary shifted(BackupSummary b, int era) {
        Duration by = shift(era);
        return new BackupSummary(
                BackupId.at(b.started().plus(by)),
                b.systemIdentifier(),
                b.major(),
                b.serverVersion(),
                b.pgpitrVersion(),
                b.label(),
                b.started().plus(by),
                b.stopped().plus(by),
                b.timeline(),
                b.startLsn(),
                b.stopLsn(),
                b.segmentSize(),
                b.source(),
                b.xmin(),
                b.nextXid(),
                b.checksums(),
                b.tablespaces(),
                b.damagedPages(),
                b.files(),
                b.originalBytes(),
                b.storedBytes(),
                b.lanes());
    }

    private RetentionPolicy policy(Random random) {
        KeepCalendar calendar = new KeepCalendar(
                random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0,
                random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0,
                random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0,
                random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0,
                ZoneOffset.ofHours(random.nextInt(24) - 12));
        Optional<Duration> window = random.nextInt(2) == 0 ? Optional.of(span(random)) : Optional.empty();
        Optional<Duration> age = random.nextInt(4) == 0 ? Optional.of(span(random)) : Optional.empty();
        boolean any = !calendar.isEmpty() || window.isPresent() || age.isPresent();
        return new RetentionPolicy(
                !any || random.nextInt(3) == 0 ? OptionalInt.of(1 + random.nextInt(3)) : OptionalInt.empty(),
                age,
                window,
                calendar,
                random.nextInt(2) == 0 ? Optional.of(span(random)) : Optional.empty());
    }

    /** Back to any record's time, so that it cuts timelines in their midst too. */
    private Duration span(Random random) {
        Era era = eras.get(random.nextInt(eras.size()));
        int timeline = 1 + random.nextInt(era.cluster().timelines.size());
        Duration span = Duration.between(era.time(timeline, random.nextInt(50)), now);
        return span.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : span;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("now " + now + ", " + policy + "\n");
        eras.forEach(era -> text.append("generation ")
                .append(era.number())
                .append(", +")
                .append(shift(era.number()))
                .append("\n")
                .append(era.cluster())
                .append("pins ")
                .append(era.facts().pins())
                .append(" users ")
                .append(era.facts().inUse())
                .append("\n"));
        return text.toString();
    }
}
