package org.pgpitr.service.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout.CapturedNames;
import org.pgpitr.repository.RepositoryLayout.RollUpObject;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.catalog.CapturedCatalogs;
import org.pgpitr.repository.catalog.CatalogReader;
import org.pgpitr.repository.codec.DecodedFile;
import org.pgpitr.repository.index.RollUpCheck;
import org.pgpitr.repository.stream.PieceChain;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** Reads what is neither a lane nor archived WAL. Each check tells whether nothing was found. */
final class BesideChecks {
    private final Generation generation;
    private final Findings findings;
    private final Tally tally;
    private final RollUpCheck rollUps;
    private final StreamVerification streams;

    BesideChecks(Generation generation, ArchivedWal wal, Findings findings, Tally tally) {
        this.generation = generation;
        this.findings = findings;
        this.tally = tally;
        this.rollUps = new RollUpCheck(generation, wal);
        this.streams = new StreamVerification(generation, findings, tally);
    }

    boolean rollUp(ObjectKey key, RollUpObject found) {
        if (!generation.identity().major().isKnown()) {
            return true;
        }
        return reading(key, () -> {
            Optional<String> defect = rollUps.defect(found);
            defect.ifPresent(how -> findings.add(new BesideFinding.IndexDamaged(key, how)));
            return defect.isEmpty();
        });
    }

    boolean names(ObjectKey key, CapturedNames found) {
        return reading(key, () -> {
            try {
                new CapturedCatalogs(generation).read(found);
                return true;
            } catch (PgpitrException e) {
                return damaged(new BesideFinding.NamesDamaged(key, e.getMessage()), e);
            }
        });
    }

    boolean names(ObjectKey key, BackupId backup) {
        return reading(key, () -> {
            try {
                CatalogReader.read(generation, backup.value());
                return true;
            } catch (PgpitrException e) {
                return damaged(new BesideFinding.NamesDamaged(key, e.getMessage()), e);
            }
        });
    }

    /** Why it was refused stands in it. */
    boolean refused(BesideFinding.WalRefused finding, String sha256) {
        ObjectKey key = finding.object();
        return reading(key, () -> {
            try {
                Optional<byte[]> file = file(key, finding.segment(), sha256);
                file.ifPresent(bytes -> tell(finding, bytes));
                return true;
            } catch (PgpitrException e) {
                return damaged(new BesideFinding.EvidenceDamaged(key, e.getMessage()), e);
            }
        });
    }

    private void tell(BesideFinding.WalRefused finding, byte[] bytes) {
        BesideFinding.WalRefused known;
        try {
            SegmentInspection.summary(finding.segment(), Content.of(bytes));
            known = finding.because(
                    Optional.empty(), "by itself its WAL can be read: it did not follow on the segment before, or end");
        } catch (BrokenWalException e) {
            known = finding.because(Optional.of(e.lsn()), e.getMessage());
        } catch (IOException e) {
            throw new IllegalStateException("memory can't fail", e);
        }
        BesideFinding.WalRefused told = known;
        findings.refine(each -> each.equals(finding) ? told : each);
    }

    private Optional<byte[]> file(ObjectKey key, WalSegmentName name, String sha256) {
        Optional<InputStream> stored = generation.store().open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try (DecodedFile file = generation.codec().decodeFile(key, stored.get())) {
            if (!file.tag().file().equals(name.toString())
                    || !file.tag().sha256().equals(sha256)) {
                throw new PgpitrException(
                        ExitCode.CORRUPT,
                        "object " + key + " is damaged: it holds " + file.tag().file() + " with digest "
                                + file.tag().sha256());
            }
            return Optional.of(file.content().readAllBytes());
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    "can't read " + key + " in " + generation.store().location() + ": " + e.getMessage(),
                    e);
        }
    }

    /** As {@link StreamVerification#check}. */
    boolean stream(WalSegmentName segment, PieceChain chain, Lsn neededTo, BooleanSupplier nothing) {
        return reading(generation.layout().wal(segment), () -> streams.check(segment, chain, neededTo, nothing));
    }

    private interface Check {
        boolean run();
    }

    private boolean damaged(Finding finding, PgpitrException e) {
        if (e.exitCode() != ExitCode.CORRUPT) {
            throw e;
        }
        findings.add(finding);
        return false;
    }

    private boolean reading(ObjectKey key, Check check) {
        try {
            boolean clean = check.run();
            tally.besides.increment();
            return clean;
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.NO_KEY) {
                throw e;
            }
            findings.add(new RepositoryFinding.NotDecrypted("object " + key, e.getMessage()));
            return false;
        }
    }
}
