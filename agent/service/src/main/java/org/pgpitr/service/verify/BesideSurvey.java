package org.pgpitr.service.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.PieceChain;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.verify.BesidePiece.Needed;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/** Lists what is neither a lane nor archived WAL: pieces of streams, the index, names of relations, refused WAL. */
final class BesideSurvey {
    private final Generation generation;
    private final RepositoryLayout layout;
    private final WalSegmentSize size;
    private final VerifyOptions options;
    private final ArchivedWal wal;
    private final Findings findings;
    private final BesideChecks checks;
    private final List<BesidePiece> pieces = new ArrayList<>();

    BesideSurvey(Generation generation, VerifyOptions options, ArchivedWal wal, Findings findings, Tally tally) {
        this.generation = generation;
        this.layout = generation.layout();
        this.size = generation.identity().segmentSize();
        this.options = options;
        this.wal = wal;
        this.findings = findings;
        this.checks = new BesideChecks(generation, wal, findings, tally);
    }

    private interface Reading {
        Optional<BesidePiece> of(ObjectKey key, long bytes);
    }

    /** What there is to be read; tells of refused WAL, of gaps in streams, and of what it does not know. */
    List<BesidePiece> list(List<SurveyedBackup> backups) {
        streams();
        backups.forEach(backup -> names(backup.summary()));
        if (options.backup().isEmpty()) {
            list(layout.indexPrefix(), this::rollUp);
            list(layout.capturedNamesPrefix(), this::names);
            list(layout.brokenPrefix(), this::refused);
        }
        return pieces;
    }

    private void list(String prefix, Reading reading) {
        long[] strangers = {0};
        String[] first = {""};
        generation.store().list(prefix, (key, stat) -> {
            Optional<BesidePiece> piece = reading.of(key, stat.length());
            if (piece.isEmpty() && strangers[0]++ == 0) {
                first[0] = key.value();
            }
            piece.filter(any -> isSince(stat)).ifPresent(pieces::add);
            return Next.CONTINUE;
        });
        if (strangers[0] > 0) {
            findings.add(new RepositoryFinding.StrangeObjects(first[0], strangers[0]));
        }
    }

    private boolean isSince(ObjectStat stat) {
        Optional<Instant> since = options.since();
        return since.isEmpty() || !stat.modified().isBefore(since.get());
    }

    private Optional<BesidePiece> rollUp(ObjectKey key, long bytes) {
        return layout.rollUpAt(key).filter(found -> found.first().fits(size)).map(found -> {
            WalSegmentName first = found.first();
            return new BesidePiece(
                    "index/" + found.segments() + "/" + first,
                    bytes,
                    first.timeline(),
                    first.number(size),
                    Needed.FOR_QUESTIONS,
                    () -> checks.rollUp(key, found));
        });
    }

    private Optional<BesidePiece> names(ObjectKey key, long bytes) {
        return layout.capturedNamesAt(key)
                .map(found -> new BesidePiece(
                        "names/" + key.lastPart(),
                        bytes,
                        found.timeline(),
                        size.segmentNumber(found.lsn()),
                        Needed.FOR_QUESTIONS,
                        () -> checks.names(key, found)));
    }

    private void names(BackupSummary backup) {
        BackupId id = backup.id();
        ObjectKey key = layout.catalog(id.value());
        generation
                .store()
                .stat(key)
                .ifPresent(stat -> pieces.add(new BesidePiece(
                        "names/" + id,
                        stat.length(),
                        backup.timeline(),
                        size.segmentNumber(backup.stopLsn()),
                        Needed.FOR_QUESTIONS,
                        () -> checks.names(key, id))));
    }

    private Optional<BesidePiece> refused(ObjectKey key, long bytes) {
        return layout.refusedAt(key).filter(found -> found.segment().fits(size)).map(found -> {
            WalSegmentName segment = found.segment();
            BesideFinding.WalRefused finding = new BesideFinding.WalRefused(
                    segment,
                    key,
                    wal.contains(segment.timeline(), segment.number(size)),
                    Optional.empty(),
                    Optional.empty());
            findings.add(finding);
            return new BesidePiece(
                    "broken/" + key.lastPart(),
                    bytes,
                    segment.timeline(),
                    segment.number(size),
                    Needed.FOR_QUESTIONS,
                    () -> checks.refused(finding, found.sha256()));
        });
    }

    /** Of a segment that is archived they count for nothing any more. */
    private void streams() {
        new StreamArchive(generation).stored().forEach((segment, stored) -> {
            if (generation.store().stat(layout.wal(segment)).isPresent()
                    || stored.stream().noneMatch(each -> isSince(each.stat()))) {
                return;
            }
            List<Piece> all = stored.stream().map(StreamArchive.Stored::piece).toList();
            PieceChain chain = PieceChain.from(segment.start(size), all);
            List<Piece> beyond = all.stream()
                    .filter(piece -> !chain.pieces().contains(piece))
                    .toList();
            if (!beyond.isEmpty()) {
                Lsn next = beyond.stream().map(Piece::from).min(Lsn::compareTo).orElseThrow();
                findings.add(new BesideFinding.StreamGap(segment, chain.end(), next));
            }
            pieces.add(new BesidePiece(
                    "stream/" + segment,
                    stored.stream().mapToLong(each -> each.stat().length()).sum(),
                    segment.timeline(),
                    segment.number(size),
                    Needed.FOR_RECOVERY,
                    () -> checks.stream(segment, chain, WalVerification.TO_THE_END, () -> true)));
        });
    }
}
