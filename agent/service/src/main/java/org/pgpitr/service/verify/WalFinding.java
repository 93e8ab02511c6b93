package org.pgpitr.service.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.WalHole;
import org.pgpitr.storage.ObjectKey;

/** Findings about WAL and timelines. */
public sealed interface WalFinding extends Finding {
    @Override
    default Severity severity() {
        return Severity.DAMAGED;
    }

    /**
     * Segments that a recovery needs are not there.
     *
     * @param beforeArchived when the segment before the hole was archived, by the store's clock
     * @param afterArchived when the segment behind the hole was archived, by the store's clock
     * @param refused what was kept of the hole's segments when they were refused, since their WAL is broken
     */
    record WalMissing(
            WalHole hole, Optional<Instant> beforeArchived, Optional<Instant> afterArchived, List<ObjectKey> refused)
            implements WalFinding {
        @Override
        public String kind() {
            return "wal_missing";
        }

        @Override
        public Severity severity() {
            return Severity.HOLE;
        }

        @Override
        public String subject() {
            return hole.first() + " " + hole.last();
        }

        @Override
        public String message() {
            String what = hole.count() == 1
                    ? "WAL segment " + hole.first() + " is missing"
                    : "WAL segments " + hole.first() + " to " + hole.last() + " (" + hole.count() + ") are missing";
            return what + neighbours() + cause() + "; " + Loss.of(hole);
        }

        private String cause() {
            return refused.isEmpty()
                    ? ""
                    : "; " + (hole.count() == 1 ? "it was" : refused.size() + " of them were")
                            + " refused, broken WAL, and kept as " + refused.get(0)
                            + (refused.size() > 1 ? " and so on" : "");
        }

        private String neighbours() {
            String before = hole.before()
                    .map(name -> "behind " + name
                            + beforeArchived.map(t -> ", archived " + t).orElse(""))
                    .orElse("");
            String after = hole.after()
                    .map(name -> "before " + name
                            + afterArchived.map(t -> ", archived " + t).orElse(""))
                    .orElse("");
            return before.isEmpty() && after.isEmpty()
                    ? ""
                    : " (" + before + (before.isEmpty() || after.isEmpty() ? "" : "; ") + after + ")";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("if a server or another repository still has the segments, archive them with `pgpitr"
                    + " archive-push`; else take a new backup now");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("timeline", hole.timeline().value())
                    .and("first", hole.first().toString())
                    .and("last", hole.last().toString())
                    .and("count", hole.count())
                    .and("before", hole.before().map(Object::toString))
                    .and("before_archived", beforeArchived.map(Instant::toString))
                    .and("after", hole.after().map(Object::toString))
                    .and("after_archived", afterArchived.map(Instant::toString))
                    .and("refused", refused.stream().map(ObjectKey::value).toList())
                    .and("lost_from_lsn", hole.lostFrom().toString())
                    .and("again_backup", hole.again().map(b -> b.id().toString()))
                    .and("again_lsn", hole.again().map(b -> b.stopLsn().toString()))
                    .and("again_time", hole.again().map(b -> b.stopped().toString()))
                    .and(
                            "inconsistent_backups",
                            hole.inconsistent().stream()
                                    .map(b -> b.id().toString())
                                    .toList())
                    .end();
        }
    }

    /** Old WAL that the retention lets go: backups before it can be recovered to their own end. */
    record WalExpired(WalHole hole, Duration kept) implements WalFinding {
        @Override
        public String kind() {
            return "wal_expired";
        }

        @Override
        public Severity severity() {
            return Severity.NOTE;
        }

        @Override
        public String subject() {
            return hole.first() + " " + hole.last();
        }

        @Override
        public String message() {
            return "WAL segments " + hole.first() + " to " + hole.last() + " (" + hole.count()
                    + ") are not there, as the retention has it, which keeps WAL for " + kept.toDays() + " days; "
                    + Loss.of(hole);
        }

        @Override
        public Optional<String> hint() {
            return Optional.empty();
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("timeline", hole.timeline().value())
                    .and("first", hole.first().toString())
                    .and("last", hole.last().toString())
                    .and("count", hole.count())
                    .end();
        }
    }

    /** An archived file can't be used: what it costs is told when all damage is known. */
    sealed interface Unusable extends WalFinding permits WalDamaged, OfAnotherCluster {
        WalFileName file();

        ObjectKey object();

        /** What is wrong with it, in words. */
        String how();

        /** What it costs; empty if it costs nothing, or if that is not known. */
        Optional<WalHole> loss();

        Unusable costing(WalHole hole);

        @Override
        default String subject() {
            return file().toString();
        }

        @Override
        default Map<String, Object> details() {
            Optional<BackupSummary> again = loss().flatMap(WalHole::again);
            return Details.with("file", file().toString())
                    .and("object", object().value())
                    .and("lost_from_lsn", loss().map(hole -> hole.lostFrom().toString()))
                    .and("again_backup", again.map(b -> b.id().toString()))
                    .and("again_lsn", again.map(b -> b.stopLsn().toString()))
                    .and("again_time", again.map(b -> b.stopped().toString()))
                    .and(
                            "inconsistent_backups",
                            loss().map(WalHole::inconsistent).orElse(List.of()).stream()
                                    .map(b -> b.id().toString())
                                    .toList())
                    .end();
        }
    }

    /** An archived file is not what was archived, or no WAL that can be replayed. */
    record WalDamaged(WalFileName file, ObjectKey object, String how, Optional<WalHole> loss) implements Unusable {
        @Override
        public String kind() {
            return "wal_damaged";
        }

        @Override
        public String message() {
            return how + loss.map(hole -> "; " + Loss.of(hole)).orElse("");
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("put the object back from another copy of the repository; else take a new backup now");
        }

        @Override
        public Unusable costing(WalHole hole) {
            return new WalDamaged(file, object, how, Optional.of(hole));
        }
    }

    /** An archived segment was written by another cluster. */
    record OfAnotherCluster(WalFileName file, ObjectKey object, String how, Optional<WalHole> loss)
            implements Unusable {
        @Override
        public String kind() {
            return "wal_of_another_cluster";
        }

        @Override
        public String message() {
            return "archived WAL segment " + file + " " + how + " (object " + object + ")"
                    + loss.map(hole -> "; " + Loss.of(hole)).orElse("");
        }

        @Override
        public Optional<String> hint() {
            return Optional.of(
                    "another cluster has archived here: run `pgpitr check` on both, and take a new backup now");
        }

        @Override
        public Unusable costing(WalHole hole) {
            return new OfAnotherCluster(file, object, how, Optional.of(hole));
        }
    }

    /** A history file can't be read. */
    record HistoryDamaged(TimelineId timeline, ObjectKey object, String message) implements WalFinding {
        @Override
        public String kind() {
            return "history_damaged";
        }

        @Override
        public String subject() {
            return timeline.toString();
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("put the object back from another copy of the repository; the servers of that timeline"
                    + " have the file in `pg_wal`");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("timeline", timeline.value())
                    .and("object", object.value())
                    .end();
        }
    }

    /**
     * There is WAL of a timeline, and no file that tells where it comes from.
     *
     * @param toldBy a timeline whose own history has the lines; empty if none has
     */
    record HistoryMissing(TimelineId timeline, Optional<TimelineId> toldBy) implements WalFinding {
        @Override
        public String kind() {
            return "history_missing";
        }

        @Override
        public Severity severity() {
            return Severity.HOLE;
        }

        @Override
        public String subject() {
            return timeline.toString();
        }

        @Override
        public String message() {
            return "timeline history " + timeline.hex() + ".history is missing: no backup of an older timeline leads"
                    + " onto timeline " + timeline
                    + toldBy.map(t -> " (what it said stands in " + t.hex() + ".history too)")
                            .orElse("");
        }

        @Override
        public Optional<String> hint() {
            return Optional.of(
                    "archive it with `pgpitr archive-push` from the `pg_wal` of a server of that timeline, or"
                            + " from another repository; else take a new backup now");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("timeline", timeline.value())
                    .and("told_by", toldBy.map(TimelineId::value))
                    .end();
        }
    }

    /** Two histories tell different things of the same timeline. */
    record HistoriesDisagree(TimelineId timeline, TimelineId descendant) implements WalFinding {
        @Override
        public String kind() {
            return "histories_disagree";
        }

        @Override
        public String subject() {
            return timeline + " " + descendant;
        }

        @Override
        public String message() {
            return "histories " + timeline.hex() + ".history and " + descendant.hex()
                    + ".history tell different ancestors of timeline " + timeline;
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("two servers have been promoted to the same timeline, or a file is another cluster's;"
                    + " compare them with the servers' own in `pg_wal`");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("timeline", timeline.value())
                    .and("descendant", descendant.value())
                    .end();
        }
    }
}
