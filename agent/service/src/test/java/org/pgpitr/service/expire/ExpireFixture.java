package org.pgpitr.service.expire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.plan.FactsBuilder;
import org.pgpitr.repository.retention.KeepCalendar;
import org.pgpitr.repository.retention.RetentionPolicy;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.memory.MemoryStore;

/** A repository in memory whose time a test moves; its backups have no files, its WAL no content. */
final class ExpireFixture {
    static final Instant DAY = Instant.parse("2026-11-01T00:00:00Z");

    /** Time that a test moves. */
    static final class SettableClock extends Clock {
        private Instant now = DAY;

        void set(Instant time) {
            now = time;
        }

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    final SettableClock clock = new SettableClock();
    final MemoryStore store = new MemoryStore(clock);

    static Instant day(int day) {
        return DAY.plus(Duration.ofDays(day));
    }

    static BackupId id(int day) {
        return BackupId.at(day(day));
    }

    Repository repository(ObjectStore through) {
        return new Repository(through, new ClusterName("main"), Keys.none(), 1);
    }

    Repository repository() {
        return repository(store);
    }

    Generation generation(int number) {
        return repository().create(WalFiles.cluster(number, new SystemIdentifier(4710 + number), Encryption.NONE));
    }

    /** A backup that was taken in the first minute of a day, and needs one segment. */
    BackupSummary backup(Generation generation, int day, int timeline, long segment) {
        clock.set(day(day).plusSeconds(60));
        BackupSummary told = FactsBuilder.summary(
                day(day).toString(),
                timeline,
                new Lsn(segment * FactsBuilder.SIZE.bytes() + 40).toString(),
                new Lsn(segment * FactsBuilder.SIZE.bytes() + 400).toString(),
                1000,
                1000,
                List.of());
        BackupSummary summary = withLanes(told, told.id(), 0);
        put(generation, generation.layout().data(summary.id().value(), 0, 0), "data");
        put(generation, generation.layout().data(summary.id().value(), 0, 1), "more data");
        try (ManifestWriter writer = new ManifestWriter(generation, summary.id())) {
            writer.commit(summary, List.of());
        }
        return summary;
    }

    /** The same backup, but for its identifier, without files. */
    static BackupSummary withLanes(BackupSummary b, BackupId id, int lanes) {
        Duration later = Duration.between(b.started(), id.time());
        return new BackupSummary(
                id,
                b.systemIdentifier(),
                b.major(),
                b.serverVersion(),
                b.pgpitrVersion(),
                b.label(),
                b.started().plus(later),
                b.stopped().plus(later),
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
                0,
                0,
                100L * lanes,
                lanes);
    }

    /** Segments, archived on a day. */
    void wal(Generation generation, int day, int timeline, long first, long last) {
        clock.set(day(day).plusSeconds(120));
        for (long number = first; number <= last; number++) {
            file(
                    generation,
                    WalSegmentName.of(new TimelineId(timeline), number, FactsBuilder.SIZE)
                            .toString());
        }
    }

    /** A file of the archive that nobody reads. */
    void file(Generation generation, String name) {
        put(generation, generation.layout().wal(WalFileName.parse(name)), "WAL");
    }

    void history(Generation generation, int timeline, String text) {
        new WalArchive(generation)
                .push(WalFileName.parse(new TimelineId(timeline).hex() + ".history"), Content.of(text.getBytes(UTF_8)));
    }

    /** A piece of a stream that nobody reads, which holds the first bytes of a segment. */
    void piece(Generation generation, int timeline, long segment, int bytes) {
        Lsn start = FactsBuilder.SIZE.start(segment);
        put(generation, generation.layout().piece(new TimelineId(timeline), start, start.plus(bytes)), "WAL");
    }

    /** A roll-up that nobody reads. */
    ObjectKey rollUp(Generation generation, int segments, int timeline, long first) {
        ObjectKey key = generation
                .layout()
                .rollUp(segments, WalSegmentName.of(new TimelineId(timeline), first, FactsBuilder.SIZE));
        put(generation, key, "roll-up");
        return key;
    }

    /** A segment that was refused. */
    ObjectKey refused(Generation generation, int timeline, long segment) {
        ObjectKey key = generation
                .layout()
                .broken(WalSegmentName.of(new TimelineId(timeline), segment, FactsBuilder.SIZE), "0".repeat(64));
        put(generation, key, "broken");
        return key;
    }

    /** Names of relations that nobody reads. */
    ObjectKey names(Generation generation, int timeline, long segment) {
        ObjectKey key = generation
                .layout()
                .capturedNames(new RepositoryLayout.CapturedNames(
                        new TimelineId(timeline), FactsBuilder.SIZE.start(segment), "a".repeat(64)));
        put(generation, key, "names");
        return key;
    }

    void put(Generation generation, ObjectKey key, String text) {
        generation.store().putIfAbsent(key, Content.of(text.getBytes(UTF_8)));
    }

    static RetentionPolicy newest(int count) {
        return new RetentionPolicy(
                OptionalInt.of(count),
                Optional.empty(),
                Optional.empty(),
                new KeepCalendar(0, 0, 0, 0, ZoneOffset.UTC),
                Optional.empty());
    }

    ExpireTask task(ObjectStore through, RetentionPolicy policy) {
        return new ExpireTask(repository(through), policy, Optional.empty(), Progress.NONE, clock);
    }

    ExpireTask task(RetentionPolicy policy) {
        return task(store, policy);
    }

    /** All keys but those of leases, which come and go. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        store.list("", (key, stat) -> {
            if (!key.value().contains("/lease/backup")) {
                keys.add(key.value());
            }
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return keys;
    }

    static List<String> segments(int generation, int timeline, long first, long last) {
        List<String> keys = new ArrayList<>();
        for (long number = first; number <= last; number++) {
            WalSegmentName name = WalSegmentName.of(new TimelineId(timeline), number, FactsBuilder.SIZE);
            keys.add("main/" + generation + "/wal/" + name.toString().substring(0, 8) + "/"
                    + name.toString().substring(8, 16) + "/" + name + ".zst");
        }
        return keys;
    }
}
