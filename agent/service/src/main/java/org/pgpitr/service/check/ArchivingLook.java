package org.pgpitr.service.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.pgpitr.cluster.ArchiveBacklog;
import org.pgpitr.cluster.ArchiverStatus;
import org.pgpitr.cluster.Role;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.repository.archive.WalArchive;

/** Looks whether WAL really gets from the server into the repository, and back. */
final class ArchivingLook {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Findings findings;
    private final Duration timeout;
    private final Optional<String> slot;
    private final Clock clock;

    /** @param slot of a receiver that is meant to bring WAL into the repository */
    ArchivingLook(Findings findings, Duration timeout, Optional<String> slot, Clock clock) {
        this.findings = findings;
        this.timeout = timeout;
        this.slot = slot;
        this.clock = clock;
    }

    void notChecked(String because) {
        List.of(Topic.ARCHIVER, Topic.ARCHIVING, Topic.READ_BACK).forEach(topic -> findings.notChecked(topic, because));
        if (slot.isPresent()) {
            findings.notChecked(Topic.STREAM, because);
        }
    }

    void run(Server server, ServerFacts facts, Generation generation) {
        boolean archives = facts.role() == Role.PRIMARY
                ? !facts.archiveMode().equals("off")
                : facts.archiveMode().equals("always");
        if (archives) {
            findings.look(Topic.ARCHIVER, () -> archiver(server.archiver(), server.archiveBacklog()));
        } else {
            findings.notChecked(
                    Topic.ARCHIVER,
                    facts.role() == Role.PRIMARY ? "archive_mode is off" : "this standby does not archive by itself");
        }
        slot.ifPresent(name -> findings.look(Topic.STREAM, () -> new StreamLook(findings).run(server, name)));
        if (facts.role() == Role.PRIMARY && !archives && slot.isEmpty()) {
            findings.notChecked(Topic.ARCHIVING, "archive_mode is off");
            findings.notChecked(Topic.READ_BACK, "no segment arrived");
            return;
        }
        WalArchive archive = new WalArchive(generation);
        Optional<WalSegmentName> arrived = findings.ask(
                        Topic.ARCHIVING,
                        () -> facts.role() == Role.PRIMARY
                                ? switched(server, archive, archives)
                                : replayed(server, facts, archive))
                .flatMap(segment -> segment);
        if (arrived.isPresent()) {
            findings.look(Topic.READ_BACK, () -> readBack(generation, archive, arrived.get()));
        } else {
            findings.notChecked(Topic.READ_BACK, "no segment arrived");
        }
    }

    private void archiver(ArchiverStatus status, ArchiveBacklog backlog) {
        Optional<ArchiverStatus.Attempt> failure = status.standingFailure();
        if (failure.isPresent()) {
            findings.failed(
                    Topic.ARCHIVER,
                    "it failed with " + failure.get().walFile() + " at "
                            + failure.get().time() + " and has archived nothing since",
                    "the server's log has the reason");
        } else if (backlog.files() > 0 && backlog.oldest().compareTo(timeout) > 0) {
            findings.failed(
                    Topic.ARCHIVER,
                    (backlog.files() == 1 ? "1 file waits" : backlog.files() + " files wait") + " to be archived, the "
                            + "oldest for " + backlog.oldest().toSeconds() + " s, and the archiver reports no failure",
                    "the server's log has the reason; a command that can't be started is not reported as a failure");
        } else {
            findings.ok(
                    Topic.ARCHIVER,
                    status.lastArchived()
                            .map(last -> "archived " + last.walFile() + " at " + last.time())
                            .orElse("it had nothing to archive yet"));
        }
    }

    private Optional<WalSegmentName> switched(Server server, WalArchive archive, boolean archives) {
        WalSegmentName segment =
                server.switchWal("pgpitr check " + clock.instant().truncatedTo(ChronoUnit.SECONDS));
        if (await(archive, List.of(segment))) {
            findings.ok(Topic.ARCHIVING, segment + " was switched to and has arrived");
            return Optional.of(segment);
        }
        if (!archives) {
            findings.failed(
                    Topic.ARCHIVING,
                    segment + " has not arrived within " + timeout.toSeconds()
                            + " s, and with archive_mode = off only the stream can bring it",
                    "see that `pgpitr stream` runs, and what it says");
            return Optional.empty();
        }
        Optional<ArchiverStatus.Attempt> failure = server.archiver().standingFailure();
        findings.failed(
                Topic.ARCHIVING,
                segment + " has not arrived within " + timeout.toSeconds() + " s"
                        + failure.map(f -> "; the archiver failed with " + f.walFile() + " at " + f.time())
                                .orElse("; the archiver reports no failure: it is slow, archives somewhere else, or "
                                        + "can't start its command"),
                "the server's log has what archive_command said; is it this configuration and this repository that it "
                        + "uses?");
        return Optional.empty();
    }

    /** A standby can't switch; but what its primary has completed and it has replayed must be archived by now. */
    private Optional<WalSegmentName> replayed(Server server, ServerFacts facts, WalArchive archive) {
        Lsn position = server.currentLsn();
        long last = facts.segmentSize().segmentNumber(position) - 1;
        if (last < 1) {
            findings.notChecked(Topic.ARCHIVING, "the primary has not completed a segment yet");
            return Optional.empty();
        }
        // Before a promotion of its primary the segment was written on an older timeline
        List<WalSegmentName> names = LongStream.iterate(facts.timeline().value(), id -> id >= 1, id -> id - 1)
                .mapToObj(id -> WalSegmentName.of(new TimelineId(id), last, facts.segmentSize()))
                .toList();
        if (await(archive, names)) {
            findings.ok(Topic.ARCHIVING, "the newest segment that this standby has replayed whole is there");
            return names.stream().filter(archive::contains).findFirst();
        }
        findings.failed(
                Topic.ARCHIVING,
                names.get(0) + ", which this standby has replayed, is not there after " + timeout.toSeconds() + " s",
                "run `pgpitr check` on the primary");
        return Optional.empty();
    }

    private boolean await(WalArchive archive, List<WalSegmentName> anyOf) {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean said = false;
        while (anyOf.stream().noneMatch(archive::contains)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            if (!said) {
                findings.waiting(anyOf.get(0) + " to arrive in the repository, up to " + timeout.toSeconds() + " s");
                said = true;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PgpitrException(
                        ExitCode.CHECK_FAILED, "interrupted while waiting for " + anyOf.get(0), null, e);
            }
        }
        return true;
    }

    private void readBack(Generation generation, WalArchive archive, WalSegmentName segment) {
        try {
            generation.codec().requireReadable();
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.NO_KEY) {
                throw e;
            }
            findings.note(
                    Topic.READ_BACK,
                    "this host has no key to read what it archives, which is a choice; restores are made elsewhere",
                    "keep the identity file safe, and try a restore where it is");
            return;
        }
        TemporaryFolder temporary = TemporaryFolder.standard();
        Path folder = temporary.folder("pgpitr-check-");
        Path copy = folder.resolve(segment.toString());
        try {
            if (archive.fetch(segment, copy)) {
                findings.ok(Topic.READ_BACK, segment + " was fetched and verified");
            } else {
                findings.failed(Topic.READ_BACK, segment + " arrived, and is gone again", "who deletes it?");
            }
        } finally {
            delete(copy, temporary);
            delete(folder, temporary);
        }
    }

    private static void delete(Path file, TemporaryFolder temporary) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw temporary.failed(e);
        }
    }
}
