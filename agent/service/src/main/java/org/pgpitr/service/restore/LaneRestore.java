package org.pgpitr.service.restore;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.LaneReader;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestEntry.Kind;
import org.pgpitr.service.Progress;
import org.pgpitr.service.restore.LaneFeed.Expected;

/**
 * Restores lanes, one after the other, on one thread. What a lane holds must be what the manifest says, entry by entry
 * and byte by byte.
 */
final class LaneRestore {
    private static final int CHUNK = 256 << 10;
    private static final int USUAL_MODE = 0600;
    private static final Set<StandardOpenOption> NEW =
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Generation generation;
    private final BackupId id;
    private final RestoreTarget target;
    private final LaterSteps later;
    private final FileSyncer syncer;
    private final Progress progress;
    private final MessageDigest digest;
    private final byte[] chunk = new byte[CHUNK];

    LaneRestore(
            Generation generation,
            BackupId id,
            RestoreTarget target,
            LaterSteps later,
            FileSyncer syncer,
            Progress progress) {
        this.generation = generation;
        this.id = id;
        this.target = target;
        this.later = later;
        this.syncer = syncer;
        this.progress = progress;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    void run(LaneFeed.Lane lane, Executor readAhead) throws IOException {
        try (LaneReader reader = new LaneReader(generation, id, lane.totals(), readAhead)) {
            List<Expected> entries = lane.entries();
            for (Expected expected : entries) {
                restore(expected, reader.next(), reader);
            }
            Optional<ManifestEntry> extra = reader.next();
            if (extra.isPresent()) {
                throw corrupt("\"" + extra.get().path() + "\" is in the backup but not in its manifest");
            }
        }
    }

    private void restore(Expected expected, Optional<ManifestEntry> found, LaneReader reader) throws IOException {
        if (found.isEmpty() || !expected.describes(found.get())) {
            throw corrupt("the manifest says \"" + expected.path() + "\", the backup has "
                    + found.map(entry -> "\"" + entry.path() + "\"").orElse("nothing") + " in its place");
        }
        if (expected.kind() == Kind.LINK) {
            later.link(expected.path(), expected.linkTarget());
        } else if (expected.kind() == Kind.DIRECTORY) {
            Path directory = target.resolve(expected.path());
            target.makeDirectory(directory);
            later.mode(directory, expected.mode());
        } else if (RecoveryFiles.isLeftOut(expected.path())) {
            try (WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream())) {
                copy(nowhere, expected, reader);
            }
        } else {
            Path file = target.resolve(ControlFilePlace.of(expected.path()));
            target.makeDirectory(file.getParent());
            try {
                write(file, expected, reader);
            } catch (FileAlreadyExistsException e) {
                throw corrupt("\"" + expected.path() + "\" is in the backup twice");
            }
        }
    }

    private void write(Path file, Expected expected, LaneReader reader) throws IOException {
        try (FileChannel channel = FileChannel.open(file, NEW, PRIVATE)) {
            copy(channel, expected, reader);
        }
        if (expected.mode() != USUAL_MODE) {
            Files.setAttribute(file, "unix:mode", expected.mode());
        }
        target.owner().own(file);
        Files.getFileAttributeView(file, BasicFileAttributeView.class)
                .setTimes(FileTime.from(expected.modified()), null, null);
        syncer.submit(file);
    }

    private void copy(WritableByteChannel out, Expected expected, LaneReader reader) throws IOException {
        digest.reset();
        long written = 0;
        while (true) {
            int n = reader.read(chunk, 0, CHUNK);
            if (n < 0) {
                break;
            }
            digest.update(chunk, 0, n);
            ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, n);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            written += n;
            progress.advance(n);
        }
        if (written != expected.size() || !MessageDigest.isEqual(digest.digest(), expected.sha256())) {
            throw corrupt("\"" + expected.path() + "\" is not what was backed up: its SHA-256 differs");
        }
    }

    private PgpitrException corrupt(String what) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "backup " + id + " is damaged: " + what,
                "remove what was restored and restore from another backup; see `pgpitr list`");
    }
}
