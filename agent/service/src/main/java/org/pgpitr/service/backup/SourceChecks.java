package org.pgpitr.service.backup;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.cluster.Role;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.ClusterState;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.service.Progress;

/**
 * What must be true before a backup begins: the server is the repository's cluster, the data directory is that very
 * server's, and its settings let WAL be archived. Each failure comes before anything is changed.
 */
final class SourceChecks {
    private static final List<String> CONFIGURATION_FILES = List.of("config_file", "hba_file", "ident_file");

    private final ServerFacts facts;
    private final Path dataDirectory;
    private final Optional<String> slot;

    /** @param slot of a receiver that brings WAL into the repository */
    SourceChecks(ServerFacts facts, Path dataDirectory, Optional<String> slot) {
        this.facts = facts;
        this.dataDirectory = dataDirectory;
        this.slot = slot;
    }

    /**
     * @throws PgpitrException USAGE if it is another cluster than the repository's, or another directory than the
     *     server's; CHECK_FAILED if its settings keep WAL from being archived
     */
    void verify(Generation generation, LocalControlFile control) {
        verifyIdentity(generation);
        verifyDirectory(control);
        verifySettings();
    }

    private void verifyIdentity(Generation generation) {
        ClusterIdentity identity = generation.identity();
        if (!identity.systemIdentifier().equals(facts.systemIdentifier())) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the server is cluster " + facts.systemIdentifier() + ", but " + generation + " is of cluster "
                            + identity.systemIdentifier(),
                    "after a major upgrade run `pgpitr init --upgrade`; otherwise choose another cluster.name, or mend "
                            + "host and port");
        }
        if (!identity.major().equals(facts.major()) || !identity.segmentSize().equals(facts.segmentSize())) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the server is PostgreSQL " + facts.major() + " with WAL segments of " + facts.segmentSize()
                            + ", but " + generation + " is of PostgreSQL " + identity.major() + " with segments of "
                            + identity.segmentSize(),
                    "run `pgpitr init --upgrade`");
        }
    }

    private void verifyDirectory(LocalControlFile control) {
        if (!control.identity().systemIdentifier().equals(facts.systemIdentifier())) {
            throw notTheServers("it holds cluster " + control.identity().systemIdentifier() + ", the server is cluster "
                    + facts.systemIdentifier());
        }
        control.content().map(ControlFile::state).ifPresent(state -> {
            ClusterState expected =
                    facts.role() == Role.PRIMARY ? ClusterState.IN_PRODUCTION : ClusterState.IN_ARCHIVE_RECOVERY;
            if (state != expected) {
                throw notTheServers("its cluster is " + state + ", the server's is " + expected);
            }
        });
    }

    /** Once more when the backup's checkpoint is made: two copies of a cluster differ in it. */
    void verifyCheckpoint(LocalControlFile control, Lsn startLsn) {
        control.content().map(ControlFile::redo).ifPresent(redo -> {
            if (redo.isBefore(startLsn)) {
                throw notTheServers(
                        "its last checkpoint begins at " + redo + ", the server's at " + startLsn + " or later");
            }
        });
    }

    private PgpitrException notTheServers(String reason) {
        return new PgpitrException(
                ExitCode.USAGE,
                dataDirectory + " is not the data directory of this server: " + reason,
                "mend cluster.data_directory, or host and port; the server says that its data directory is "
                        + facts.dataDirectory());
    }

    private void verifySettings() {
        if (facts.walLevel().equals("minimal")) {
            throw failed("wal_level is minimal", "set wal_level = replica and restart the server");
        }
        if (facts.role() == Role.STANDBY || slot.isPresent()) {
            return; // a stream, its own archiving, or else the primary's, is proved by a segment that arrived
        }
        if (facts.archiveMode().equals("off")) {
            throw failed(
                    "archive_mode is off",
                    "set archive_mode = on and restart the server, or stream: see docs/streaming.md");
        }
        if (facts.archiveCommand().isEmpty() && facts.archiveLibrary().isEmpty()) {
            throw failed(
                    "archive_command is empty", "set archive_command = 'pgpitr archive-push %p' and reload the server");
        }
    }

    private static PgpitrException failed(String what, String hint) {
        return new PgpitrException(ExitCode.CHECK_FAILED, what + ", so WAL is not archived", hint);
    }

    /** What the user should know, and what is no fault. */
    void note(Server server, Progress progress) {
        if (!facts.major().isKnown()) {
            progress.say("PostgreSQL " + facts.major() + " is newer than this pgpitr knows: pg_control is copied, but "
                    + "not looked into");
        }
        Map<String, String> files = server.settings(CONFIGURATION_FILES);
        List<String> outside = CONFIGURATION_FILES.stream()
                .map(name -> files.getOrDefault(name, ""))
                .filter(file -> !file.isEmpty() && !Path.of(file).normalize().startsWith(facts.dataDirectory()))
                .toList();
        if (!outside.isEmpty()) {
            progress.say("not part of the backup, since not in the data directory: " + String.join(", ", outside));
        }
    }
}
