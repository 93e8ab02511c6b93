package org.pgpitr.repository.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * A made-up cluster with all its branches, of which every single record is known: WAL is counted in records of a quarter
 * of a segment. Timelines fork anywhere, also before their named parent began; archived files get lost.
 */
public final class SimulatedCluster {
    public static final int RECORDS = 4;
    public static final long RECORD_BYTES = FactsBuilder.SIZE.bytes() / RECORDS;
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    /** A timeline; it writes the records from {@code begin} to before {@code end}. */
    public record Timeline(int id, int parent, int begin, int end) {}

    /** A file in the archive. */
    public record File(int timeline, int segment, WalRange.Form form) {
        @Override
        public String toString() {
            return timeline + "/" + segment
                    + switch (form) {
                        case WHOLE -> "";
                        case PARTIAL -> "p";
                        case STREAMED -> "s";
                    };
        }
    }

    public final List<Timeline> timelines = new ArrayList<>();
    public final List<BackupSummary> backups = new ArrayList<>();
    /** Each file, and up to which record (not included) it holds what its name says. */
    public final Map<String, Integer> files = new TreeMap<>();

    public SimulatedCluster(Random random) {
        int count = 1 + random.nextInt(4);
        timelines.add(new Timeline(1, 0, 0, 12 + random.nextInt(30)));
        for (int id = 2; id <= count; id++) {
            Timeline parent = timelines.get(random.nextInt(id - 1));
            int begin = 1 + random.nextInt(parent.end());
            timelines.add(new Timeline(id, parent.id(), begin, begin + 1 + random.nextInt(20)));
        }
        archive(random);
        stream(random);
        takeBackups(random);
    }

    private void archive(Random random) {
        double kept = random.nextInt(3) == 0 ? 1 : 0.85 + random.nextDouble() * 0.14;
        for (Timeline t : timelines) {
            for (int segment = t.begin() / RECORDS; (segment + 1) * RECORDS <= t.end(); segment++) {
                if (random.nextDouble() < kept) {
                    files.put(new File(t.id(), segment, WalRange.Form.WHOLE).toString(), (segment + 1) * RECORDS);
                }
            }
            if (t.begin() % RECORDS != 0 && random.nextInt(3) > 0) {
                int old = writer(t.id(), t.begin() - 1);
                files.merge(new File(old, t.begin() / RECORDS, WalRange.Form.PARTIAL).toString(), t.begin(), Math::min);
            }
        }
        // Of several promotions in one segment it is not known whose partial segment was archived.
        for (Timeline t : timelines) {
            int old = t.id() == 1 ? 1 : writer(t.id(), t.begin() - 1);
            files.computeIfPresent(
                    new File(old, t.begin() / RECORDS, WalRange.Form.PARTIAL).toString(),
                    (name, end) -> Math.min(end, t.begin()));
        }
    }

    /** Pieces of the segment a timeline ends in, and sometimes of another one; of all of a segment, archived or not. */
    private void stream(Random random) {
        for (Timeline t : timelines) {
            int end = random.nextInt(4) == 0 ? t.begin() + random.nextInt(t.end() - t.begin()) : t.end();
            if (end > t.begin() && end % RECORDS != 0 && random.nextInt(3) > 0) {
                files.put(new File(t.id(), end / RECORDS, WalRange.Form.STREAMED).toString(), end);
            }
            int segment = (t.begin() + random.nextInt(t.end() - t.begin())) / RECORDS;
            if ((segment + 1) * RECORDS <= t.end() && random.nextInt(3) == 0) {
                files.put(new File(t.id(), segment, WalRange.Form.STREAMED).toString(), (segment + 1) * RECORDS);
            }
        }
    }

    private void takeBackups(Random random) {
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            Timeline t = timelines.get(random.nextInt(timelines.size()));
            int start = t.begin() + random.nextInt(Math.max(1, t.end() - t.begin()));
            int stop = Math.min(t.end(), start + 1 + random.nextInt(5));
            long nextXid = xid(stop);
            BackupSummary pattern = FactsBuilder.summary(
                    time(t.id(), start).plusSeconds(i).toString(),
                    t.id(),
                    lsn(start).toString(),
                    lsn(stop).toString(),
                    nextXid - random.nextInt(25),
                    nextXid,
                    List.of());
            backups.add(stoppedAt(pattern, time(t.id(), stop).plusSeconds(i)));
        }
    }

    private static BackupSummary stoppedAt(BackupSummary b, Instant stopped) {
        return new BackupSummary(
                b.id(),
                b.systemIdentifier(),
                b.major(),
                b.serverVersion(),
                b.pgpitrVersion(),
                b.label(),
                b.started(),
                stopped,
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

    public static Lsn lsn(int record) {
        return new Lsn(record * RECORD_BYTES);
    }

    public static int record(Lsn lsn) {
        return (int) (lsn.value() / RECORD_BYTES);
    }

    /** When the record before {@code record} was written: a later timeline is written later. */
    public static Instant time(int timeline, int record) {
        return EPOCH.plusSeconds(100L * (timeline * 1000 + record));
    }

    public static long xid(int record) {
        return 1000 + 10L * record;
    }

    public Timeline timeline(int id) {
        return timelines.get(id - 1);
    }

    /** Which timeline wrote a record, as the cluster on timeline {@code id} sees it. */
    public int writer(int id, int record) {
        Timeline t = timeline(id);
        return t.parent() == 0 || record >= t.begin() ? id : writer(t.parent(), record);
    }

    public Optional<File> find(int timeline, int segment) {
        File whole = new File(timeline, segment, WalRange.Form.WHOLE);
        File partial = new File(timeline, segment, WalRange.Form.PARTIAL);
        File streamed = new File(timeline, segment, WalRange.Form.STREAMED);
        if (files.containsKey(whole.toString())) {
            return Optional.of(whole);
        }
        // What goes further; the partial one if both go as far
        int inPartial = files.getOrDefault(partial.toString(), -1);
        int inPieces = files.getOrDefault(streamed.toString(), -1);
        return Optional.of(inPieces > inPartial ? streamed : partial).filter(f -> files.containsKey(f.toString()));
    }

    /** What the history file of a timeline says, oldest first. */
    public List<TimelineHistory.Ancestor> history(int id) {
        Timeline t = timeline(id);
        List<TimelineHistory.Ancestor> ancestors = new ArrayList<>();
        if (t.parent() != 0) {
            ancestors.addAll(history(t.parent()));
            ancestors.add(new TimelineHistory.Ancestor(new TimelineId(t.parent()), lsn(t.begin()), "r"));
        }
        return ancestors;
    }

    public RecoveryFacts facts() {
        FactsBuilder facts = new FactsBuilder();
        backups.forEach(facts::backup);
        for (Timeline t : timelines) {
            if (t.parent() != 0) {
                facts.history(t.id(), new TimelineHistory(new TimelineId(t.id()), history(t.id())).toString());
            }
            for (int segment = 0; segment <= 20; segment++) {
                if (files.containsKey(new File(t.id(), segment, WalRange.Form.WHOLE).toString())) {
                    facts.wal(t.id(), segment, segment);
                }
                if (files.containsKey(new File(t.id(), segment, WalRange.Form.PARTIAL).toString())) {
                    facts.partial(t.id(), segment);
                }
                Integer streamed = files.get(new File(t.id(), segment, WalRange.Form.STREAMED).toString());
                if (streamed != null) {
                    facts.streamed(t.id(), segment, lsn(streamed).toString());
                }
            }
        }
        return facts.build();
    }

    public BackupSummary backup(BackupId id) {
        return backups.stream().filter(b -> b.id().equals(id)).findFirst().orElseThrow();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(timelines + "\n" + files + "\n");
        backups.forEach(b -> text.append(b.id())
                .append(": timeline ")
                .append(b.timeline())
                .append(", records ")
                .append(record(b.startLsn()))
                .append(" to ")
                .append(record(b.stopLsn()))
                .append(", stopped ")
                .append(b.stopped())
                .append('\n'));
        return text.toString();
    }
}
