package org.pgpitr.service.verify;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/** Reads all history files and holds them against each other, and against the timelines that there is WAL of. */
final class HistorySurvey {
    /** A line has at most some hundred bytes, and there is one a promotion. */
    private static final int MAX_HISTORY = 1 << 20;

    private final Generation generation;
    private final Findings findings;
    private final Tally tally;
    private final TreeSet<TimelineId> listed = new TreeSet<>();
    private final TreeMap<TimelineId, TimelineHistory> readable = new TreeMap<>();

    HistorySurvey(Generation generation, Findings findings, Tally tally) {
        this.generation = generation;
        this.findings = findings;
        this.tally = tally;
    }

    /** Lists the files, and tells of those that are missing; for which no key is needed. */
    void list() {
        generation.store().list(generation.layout().historyPrefix(), (key, stat) -> {
            if (generation.layout().walFileAt(key).orElse(null) instanceof TimelineHistoryName name) {
                listed.add(name.timeline());
            } else {
                findings.add(new RepositoryFinding.StrangeObjects(key.value(), 1));
            }
            return Next.CONTINUE;
        });
    }

    int files() {
        return listed.size();
    }

    /** Reads the files; those that can't be read are findings. */
    Map<TimelineId, TimelineHistory> read() {
        listed.forEach(this::read);
        readable.values().forEach(this::compare);
        return readable;
    }

    private void read(TimelineId timeline) {
        ArchivedFile file = new ArchivedFile(generation, new TimelineHistoryName(timeline));
        byte[] text = new byte[MAX_HISTORY];
        try {
            int length = file.read(text);
            if (length < 0) {
                return;
            }
            if (file.size() > MAX_HISTORY) {
                throw new InvalidFormatException("it is too long to be a history");
            }
            readable.put(
                    timeline, TimelineHistory.parse(timeline, new String(text, 0, length, StandardCharsets.UTF_8)));
            tally.walFiles.increment();
            tally.walBytes.add(length);
        } catch (InvalidFormatException e) {
            findings.add(new WalFinding.HistoryDamaged(
                    timeline, file.key(), "object " + file.key() + " is damaged: " + e.getMessage()));
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.NO_KEY) {
                findings.add(
                        new RepositoryFinding.NotDecrypted("history " + timeline.hex() + ".history", e.getMessage()));
            } else if (e.exitCode() == ExitCode.CORRUPT) {
                findings.add(new WalFinding.HistoryDamaged(timeline, file.key(), e.getMessage()));
            } else {
                throw e;
            }
        }
    }

    /** A promotion copies the history of the timeline it leaves and adds a line ({@code writeTimeLineHistory()}). */
    private void compare(TimelineHistory history) {
        List<TimelineHistory.Ancestor> lines = history.ancestors();
        for (int i = 0; i < lines.size(); i++) {
            TimelineHistory parent = readable.get(lines.get(i).timeline());
            if (parent != null && !isSame(parent.ancestors(), lines.subList(0, i))) {
                findings.add(new WalFinding.HistoriesDisagree(parent.timeline(), history.timeline()));
            }
        }
    }

    private static boolean isSame(List<TimelineHistory.Ancestor> a, List<TimelineHistory.Ancestor> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!a.get(i).timeline().equals(b.get(i).timeline())
                    || !a.get(i).switchPoint().equals(b.get(i).switchPoint())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Tells of timelines that have WAL and no history. The oldest of all needs none: the archive may have begun on it.
     */
    void missing(ArchivedWal wal) {
        for (TimelineId timeline : wal.timelines()) {
            boolean oldest = timeline.equals(wal.timelines().first());
            if (!oldest && !timeline.equals(TimelineId.FIRST) && !listed.contains(timeline)) {
                findings.add(new WalFinding.HistoryMissing(timeline, toldBy(timeline)));
            }
        }
    }

    private Optional<TimelineId> toldBy(TimelineId timeline) {
        return readable.values().stream()
                .filter(history ->
                        history.ancestors().stream().anyMatch(a -> a.timeline().equals(timeline)))
                .map(TimelineHistory::timeline)
                .findFirst();
    }
}
