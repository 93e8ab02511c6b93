package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.List;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * A backup at whose end the transaction had not begun. If it had begun and may have ended, an older backup is better;
 * if there is none, this one is tried: PostgreSQL ends with an error if it does not meet the transaction.
 *
 * @param xid with its epoch
 * @param backups all of them
 * @param reading how a transaction without its epoch was understood
 * @param exact looks its end up
 */
record XidRule(long xid, List<BackupSummary> backups, List<String> reading, ExactStop exact) implements TargetRule {
    private static final long EPOCH = 1L << 32;

    /**
     * A number without an epoch is taken as the last transaction of that number that the backups have seen, or as the
     * next one to come if that is nearer to what they have seen.
     */
    static XidRule of(long given, List<BackupSummary> backups, ExactStop exact) {
        if (given >= EPOCH || backups.isEmpty()) {
            return new XidRule(given, backups, List.of(), exact);
        }
        long oldest = backups.stream().mapToLong(BackupSummary::xmin).min().getAsLong();
        long newest = backups.stream().mapToLong(BackupSummary::nextXid).max().getAsLong();
        long past = newest - 1 - Math.floorMod(newest - 1 - given, EPOCH);
        long future = past + EPOCH;
        long xid = past >= 0 && (past >= oldest || newest - past <= future - newest) ? past : future;
        return new XidRule(
                xid,
                backups,
                xid == given
                        ? List.of()
                        : List.of("Transaction " + given + " is understood as " + xid + ", with its epoch."),
                exact);
    }

    @Override
    public Judgement judge(Candidate candidate) {
        BackupSummary backup = candidate.backup();
        if (xid < backup.xmin()) {
            return new Judgement.Fails(Judgement.Cause.TOO_EARLY, "the transaction had ended before it did");
        }
        if (xid - backup.xmin() >= EPOCH) {
            return new Judgement.Fails(
                    Judgement.Cause.BACKUP,
                    "PostgreSQL would stop at transaction " + (xid - EPOCH)
                            + ", because it compares the lower 32 bits only");
        }
        return exact.judge(candidate, reading, why -> byNames(candidate));
    }

    private Judgement byNames(Candidate candidate) {
        BackupSummary backup = candidate.backup();
        LaterBackups later =
                new LaterBackups(backups.stream().filter(b -> b.xmin() > xid).toList());
        if (xid >= backup.nextXid()) {
            return later.judge(candidate, Judgement.Certainty.SURE, reading);
        }
        List<String> notes = new ArrayList<>(reading);
        notes.add("The transaction had begun before the backup ended: if it had ended too, the recovery ends with an"
                + " error.");
        return later.judge(candidate, Judgement.Certainty.DOUBTFUL, notes);
    }
}
