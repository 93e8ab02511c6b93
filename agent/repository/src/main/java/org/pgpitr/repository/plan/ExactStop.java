package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.TransactionEnd;

/**
 * Judges a candidate by where the WAL itself says that its recovery stops. PostgreSQL ends with an error where it stops
 * before the backup is whole, and where it meets the end of the WAL before the target.
 *
 * @param target where the recovery shall end
 * @param size of the cluster's segments
 * @param search looks it up
 */
record ExactStop(RecoveryTarget target, WalSegmentSize size, StopSearch search) {
    /** @param unread judges where WAL can't be read, from the reason, a clause */
    Judgement judge(Candidate candidate, List<String> notes, Function<String, Judgement> unread) {
        StopSearch.Result result = search.find(target, replay(candidate));
        if (result instanceof StopSearch.Stops stops) {
            return at(stops.stop(), candidate, notes);
        }
        if (result instanceof StopSearch.NeverStops never) {
            return new Judgement.Fails(Judgement.Cause.WAL, notInTheWal(candidate, never));
        }
        return result instanceof StopSearch.Broken broken
                ? new Judgement.Fails(Judgement.Cause.WAL, broken(broken.why()))
                : unread.apply(((StopSearch.Unread) result).why());
    }

    private Replay replay(Candidate candidate) {
        Lsn start = candidate.backup().startLsn();
        Lsn end = candidate.reach().end();
        return new Replay(
                start, candidate.backup().stopLsn(), end, candidate.path().ranges(size.segmentNumber(start), end));
    }

    private Judgement at(RecoveryStop stop, Candidate candidate, List<String> notes) {
        Lsn whole = candidate.backup().stopLsn();
        if (stop.replayedTo().isBefore(whole)) {
            return new Judgement.Fails(
                    Judgement.Cause.TOO_EARLY,
                    what(stop) + ", at " + stop.replayedTo() + ", lies before its end at " + whole);
        }
        List<String> all = new ArrayList<>(notes);
        stop.restorePoint()
                .ifPresent(point ->
                        all.add("The restore point was made at " + point.time() + ", at " + point.lsn() + "."));
        stop.again()
                .ifPresent(point -> all.add("Another restore point of that name was made later, at " + point.time()
                        + ": PostgreSQL stops at the first that it meets. `--target-lsn " + point.lsn()
                        + " --target-exclusive` leads to the later one."));
        if (target instanceof RecoveryTarget.Xid) {
            stop.transaction()
                    .filter(end -> !end.isCommit())
                    .ifPresent(end -> all.add("Transaction " + end.xid() + " was rolled back, at " + end.time() + "."));
        }
        return new Judgement.Serves(Judgement.Certainty.SURE, stop.read(), Optional.of(stop), all);
    }

    private String what(RecoveryStop stop) {
        if (stop.restorePoint().isPresent()) {
            return "the restore point";
        }
        return target instanceof RecoveryTarget.Xid
                ? "the transaction's end"
                : "the first "
                        + (stop.transaction().filter(TransactionEnd::isCommit).isPresent() ? "commit" : "record")
                        + " behind the target";
    }

    /** Continues "because". */
    private String broken(String why) {
        return target instanceof RecoveryTarget.EndOfWal
                ? "the recovery would end at " + why + ", as if nothing were missing"
                : nothing() + " comes before " + why;
    }

    /** Continues "because". */
    private String notInTheWal(Candidate candidate, StopSearch.NeverStops never) {
        if (never.topLevel().isPresent()) {
            long xid = never.topLevel().getAsLong();
            return "it is a subtransaction of transaction " + xid
                    + ", and PostgreSQL stops where a whole transaction ends: use" + " `--target-xid " + xid + "`";
        }
        Optional<TransactionEnd> last = never.last();
        Lsn start = candidate.backup().startLsn();
        Lsn end = candidate.reach().end();
        String hole = candidate.reach().hole().map(h -> "; " + h.why()).orElse("");
        if (target instanceof RecoveryTarget.Time) {
            return (hole.isEmpty()
                            ? "no commit after your target is archived yet"
                            : "no commit after it comes before the hole")
                    + last.map(commit -> ": the last one is transaction " + commit.xid() + " at " + commit.time()
                                    + ", at " + commit.start())
                            .orElse(": there is none in the WAL from " + start + " to " + end)
                    + hole;
        }
        return nothing() + " is in the WAL from " + start + " to " + end + hole;
    }

    private String nothing() {
        if (target instanceof RecoveryTarget.Name) {
            return "no restore point of that name";
        }
        if (target instanceof RecoveryTarget.Xid) {
            return "no end of that transaction";
        }
        if (target instanceof RecoveryTarget.Immediate) {
            return "no record with which it is consistent";
        }
        return target instanceof RecoveryTarget.Time ? "no later commit" : "no record that begins there or later";
    }
}
