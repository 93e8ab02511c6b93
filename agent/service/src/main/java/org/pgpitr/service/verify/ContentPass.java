package org.pgpitr.service.verify;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.service.Progress;
import org.pgpitr.service.verify.Surveyed.Access;

/** Verifies content: lanes of backups, blocks of WAL, and what is beside them, several at the same time. */
final class ContentPass {
    private final Generation generation;
    private final VerifyOptions options;
    private final Surveyed surveyed;
    private final Findings findings;
    private final Tally tally;
    private final Progress progress;
    private final RunState state;
    /** Whether a piece of work, by its name, is in this run's part. */
    private final Predicate<String> chosen;

    ContentPass(
            Generation generation,
            VerifyOptions options,
            Surveyed surveyed,
            Findings findings,
            Tally tally,
            Progress progress,
            RunState state,
            Predicate<String> chosen) {
        this.generation = generation;
        this.options = options;
        this.surveyed = surveyed;
        this.findings = findings;
        this.tally = tally;
        this.progress = progress;
        this.state = state;
        this.chosen = chosen;
    }

    private boolean isToDo(String stated) {
        return chosen.test(stated.substring(0, stated.indexOf(' '))) && !state.isDone(stated);
    }

    /** Verifies all that is chosen and not done; returns how many pieces were done by an earlier run. */
    long run() {
        List<WalBlock> blocks = surveyed.wal().blocks().stream()
                .filter(block -> isNeeded(block) && isToDo(block.state()))
                .toList();
        List<BesidePiece> besides = surveyed.access() == Access.KEYLESS
                ? List.of()
                : surveyed.besides().stream()
                        .filter(piece -> isNeeded(piece) && isToDo(piece.state()))
                        .toList();
        long continued = continued();
        if (continued > 0) {
            progress.say("going on where an interrupted run ended: " + continued
                    + (continued == 1 ? " piece" : " pieces") + " of work are done");
        }
        progress.begin("verifying", bytes(blocks));
        try (LanePieces lanes = new LanePieces(generation, surveyed.backups(), this::isToDo)) {
            Iterator<Workers.Piece> rest = Stream.concat(
                            blocks.stream().map(block -> piece(readAhead -> verify(block), block.state())),
                            besides.stream()
                                    .map(beside ->
                                            piece(readAhead -> beside.check().getAsBoolean(), beside.state())))
                    .iterator();
            new Workers(options.workers())
                    .run(() -> lanes.next()
                            .map(lane -> piece(verification(lane)::run, lane.state()))
                            .or(() -> rest.hasNext() ? Optional.of(rest.next()) : Optional.empty()));
        } finally {
            progress.end();
        }
        return continued;
    }

    /** A piece of work that is noted as done if nothing was found. */
    private Workers.Piece piece(Predicate<ExecutorService> isClean, String stated) {
        return readAhead -> {
            if (isClean.test(readAhead)) {
                state.done(stated);
            }
        };
    }

    private long continued() {
        long lanes = surveyed.backups().stream()
                .flatMap(backup -> backup.lanes().stream().map(lane -> LanePieces.state(backup, lane)))
                .filter(state::isDone)
                .count();
        return lanes
                + surveyed.wal().blocks().stream()
                        .filter(block -> state.isDone(block.state()))
                        .count()
                + surveyed.besides().stream()
                        .filter(piece -> state.isDone(piece.state()))
                        .count();
    }

    private long bytes(List<WalBlock> blocks) {
        if (surveyed.access() == Access.KEYLESS) {
            return 0;
        }
        long lanes = surveyed.backups().stream()
                .flatMap(backup -> backup.lanes().stream()
                        .filter(lane -> isToDo(LanePieces.state(backup, lane)))
                        .map(LaneTotals::plainBytes))
                .mapToLong(Long::longValue)
                .sum();
        return lanes
                + blocks.stream().mapToLong(WalBlock::files).sum()
                        * generation.identity().segmentSize().bytes();
    }

    private boolean isNeeded(WalBlock block) {
        return isBehindBackup(
                block.timeline(), block.endSegment(generation.identity().segmentSize()));
    }

    private boolean isNeeded(BesidePiece piece) {
        return piece.recovery() == BesidePiece.Needed.FOR_QUESTIONS
                || isBehindBackup(piece.timeline(), piece.segment() + 1);
    }

    /** With one backup asked for, only the WAL behind its start, on its timeline and those that come from it. */
    private boolean isBehindBackup(TimelineId timeline, long endSegment) {
        if (options.backup().isEmpty()) {
            return true;
        }
        return surveyed.backups().stream()
                .map(SurveyedBackup::summary)
                .anyMatch(backup -> endSegment > backup.segmentSize().segmentNumber(backup.startLsn())
                        && (timeline.equals(backup.timeline())
                                || Optional.ofNullable(surveyed.histories().get(timeline))
                                        .flatMap(history -> history.switchPoint(backup.timeline()))
                                        .filter(left -> !left.isBefore(backup.stopLsn()))
                                        .isPresent()));
    }

    private LaneVerification verification(LanePieces.Lane lane) {
        return new LaneVerification(generation, lane, findings, tally, progress);
    }

    private boolean verify(WalBlock block) {
        if (surveyed.access() == Access.KEYLESS) {
            KeylessWal keyless = new KeylessWal(generation, findings);
            boolean clean = true;
            for (WalFileName name : block.files(generation, options.since())) {
                clean &= keyless.check(name);
            }
            return clean;
        }
        return new WalVerification(
                        generation,
                        surveyed.wal().wal(),
                        surveyed.histories(),
                        WalVerification.TO_THE_END,
                        findings,
                        tally,
                        progress)
                .run(block.files(generation, options.since()));
    }
}
