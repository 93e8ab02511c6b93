package org.pgpitr.service.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.archive.SegmentCheck;
import org.pgpitr.storage.Content;

/**
 * A file that PostgreSQL hands over to be archived.
 *
 * @param path where it is
 * @param name what it is
 * @param content its bytes
 * @param beginning a segment's first bytes; all of a history or backup history file
 */
record LocalWalFile(Path path, WalFileName name, Content content, byte[] beginning) {
    private static final int MAX_TEXT = 1 << 20;

    /** @throws PgpitrException USAGE if it is no file of a kind that is archived; CORRUPT if it can't be read */
    static LocalWalFile open(Path path) {
        WalFileName name = WalFileName.tryParse(path.getFileName().toString())
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE,
                        "not the name of a file that PostgreSQL archives: " + path.getFileName(),
                        "archive_command is `pgpitr archive-push %p`"));
        try {
            if (!Files.isRegularFile(path)) {
                throw new NoSuchFileException(path.toString());
            }
            Content content = Content.of(path);
            if (isText(name) && content.length() > MAX_TEXT) {
                throw damaged(name, "has " + content.length() + " bytes, which is far too many for its kind");
            }
            return new LocalWalFile(path, name, content, beginning(content, isText(name)));
        } catch (NoSuchFileException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "there is no file " + path,
                    "archive_command is `pgpitr archive-push %p`; the path is relative to the data directory",
                    e);
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT, "can't read " + path + ": " + e, "look at the disk it is on", e);
        }
    }

    /** A segment that came another way. */
    static LocalWalFile of(WalSegmentName name, Content content) {
        try {
            return new LocalWalFile(Path.of(name.toString()), name, content, beginning(content, false));
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT, "can't read " + name + ": " + e, "look at the disk it is on", e);
        }
    }

    private static byte[] beginning(Content content, boolean all) throws IOException {
        try (InputStream in = content.open()) {
            return in.readNBytes(all ? (int) content.length() : WalSegmentHeader.LENGTH);
        }
    }

    private static boolean isText(WalFileName name) {
        return name instanceof TimelineHistoryName || name instanceof BackupHistoryName;
    }

    /** Whose it says it is; empty for files that do not say. */
    Optional<SystemIdentifier> cluster() {
        if (isText(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(WalSegmentHeader.parse(beginning).systemIdentifier());
        } catch (InvalidFormatException e) {
            throw damaged(name, "does not begin as a WAL segment: " + e.getMessage());
        }
    }

    /** @throws PgpitrException CORRUPT if it is not what its name says; WAL_CONFLICT if it is another cluster's */
    void requireFit(ClusterIdentity cluster) {
        if (name instanceof TimelineHistoryName history) {
            requireHistory(history);
        } else if (name instanceof BackupHistoryName backup) {
            BackupHistoryCheck.misfit(backup, text(), cluster.segmentSize()).ifPresent(what -> {
                throw damaged(name, what);
            });
        } else {
            SegmentCheck.misfit(name, cluster, content.length(), beginning).ifPresent(this::refuse);
        }
    }

    private void refuse(SegmentCheck.Misfit misfit) {
        throw switch (misfit.kind()) {
            case DAMAGED -> damaged(name, misfit.what());
            case OTHER_CLUSTER ->
                new PgpitrException(
                        ExitCode.WAL_CONFLICT,
                        name + " " + misfit.what(),
                        "`name` in [cluster] may be another cluster's; run `pgpitr check`");
        };
    }

    private void requireHistory(TimelineHistoryName history) {
        try {
            if (TimelineHistory.parse(history.timeline(), text()).ancestors().isEmpty()) {
                throw damaged(name, "names no timeline that it came from");
            }
        } catch (InvalidFormatException e) {
            throw damaged(name, "is no timeline history: " + e.getMessage());
        }
    }

    /** What a history or backup history file says. */
    String text() {
        return new String(beginning, StandardCharsets.UTF_8);
    }

    private static PgpitrException damaged(WalFileName name, String what) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                name + " " + what,
                "the file in pg_wal is damaged, or it is not the server that wrote it there; it is not archived");
    }
}
