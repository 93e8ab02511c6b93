package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * PostgreSQL stops at the first restore point of that name that it meets, and gives up if that comes before the backup
 * is consistent ({@code recoveryStopsAfter()} in {@code xlogrecovery.c}).
 *
 * @param name the restore point's
 * @param size of the cluster's segments
 * @param search reads the WAL
 * @param backupNamed whether the user has named the backup, so that no other is wanted
 */
record NameRule(String name, WalSegmentSize size, RestorePointSearch search, boolean backupNamed)
        implements TargetRule {
    @Override
    public Judgement judge(Candidate candidate) {
        Lsn start = candidate.backup().startLsn();
        Lsn end = candidate.reach().end();
        List<WalRange> wal = candidate.path().ranges(size.segmentNumber(start), end);
        RestorePointSearch.Result result = search.first(name, start, wal);
        if (result instanceof RestorePointSearch.Found found
                && !found.point().lsn().isAfter(end)) {
            return at(found.point(), candidate);
        }
        if (result instanceof RestorePointSearch.Broken broken) {
            return new Judgement.Fails(
                    Judgement.Cause.WAL, "no restore point of that name comes before " + broken.why());
        }
        if (result instanceof RestorePointSearch.Unread unread) {
            return unread(candidate, unread.why());
        }
        return new Judgement.Fails(
                Judgement.Cause.WAL,
                "no restore point of that name is in the WAL from " + start + " to " + end
                        + candidate
                                .reach()
                                .hole()
                                .map(hole -> "; " + hole.why())
                                .orElse(""));
    }

    private static Judgement at(RestorePoint point, Candidate candidate) {
        if (!point.lsn().isAfter(candidate.backup().stopLsn())) {
            return new Judgement.Fails(
                    Judgement.Cause.TOO_EARLY,
                    "the restore point, at " + point.lsn() + ", lies before its end at "
                            + candidate.backup().stopLsn());
        }
        return new Judgement.Serves(
                Judgement.Certainty.SURE,
                point.lsn(),
                List.of("The restore point was made at " + point.time() + ", at " + point.lsn() + "."));
    }

    /** PostgreSQL ends with an error if it meets the end of the WAL before the name, so a hole costs no data. */
    private Judgement unread(Candidate candidate, String why) {
        Optional<Reach.Hole> hole = candidate.reach().hole();
        if (hole.isPresent() && !backupNamed) {
            return new Judgement.Fails(
                    Judgement.Cause.WAL,
                    hole.get().why() + ", and nothing proves that the target lies before that"
                            + " (with `--backup` it is tried nevertheless)");
        }
        return new Judgement.Serves(
                Judgement.Certainty.SURE,
                candidate.reach().end(),
                List.of("Where the restore point lies is not known, since " + why + ": if it was made before the"
                        + " backup's end or is not in the WAL, the recovery ends with an error; for an older one name"
                        + " an older backup with `--backup`."));
    }
}
