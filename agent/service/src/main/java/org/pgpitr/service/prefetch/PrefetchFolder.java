package org.pgpitr.service.prefetch;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.agent.AgentLock;
import org.pgpitr.service.spool.Ask;

/**
 * Where prefetched segments stand: inside {@code pg_wal}, wherever that is a link to, so that a rename hands them over.
 * PostgreSQL passes it over there, and a base backup takes nothing out of {@code pg_wal}. Its name begins as those of
 * PostgreSQL's temporary files do: so pg_rewind neither copies it from a source nor keeps it in a target. It has a
 * lock, since agents of different spools do not see each other.
 */
public final class PrefetchFolder {
    /** The launcher has the same. */
    static final String NAME = "pgsql_tmp.pgpitr";

    private static final String LOCK = "lock";
    private static final Pattern OURS = Pattern.compile("([0-9A-F]{24}|[0-9A-F]{8}\\.history)(\\..*)?|" + LOCK);

    private final Path dataDirectory;
    private final Path folder;

    public PrefetchFolder(Path dataDirectory) {
        this.dataDirectory = dataDirectory;
        this.folder = dataDirectory.resolve("pg_wal").resolve(NAME);
    }

    Path folder() {
        return folder;
    }

    /** Where the hook takes a segment. */
    Path place(WalSegmentName name) {
        return folder.resolve(name.toString());
    }

    /** Where the one hook takes its file that asked so. */
    Path place(Ask ask) {
        return folder.resolve(ask.file() + "." + ask.once());
    }

    /** Where that file is brought before it is known to be the one: a longer copy may replace it. */
    Path brought(Ask ask) {
        return folder.resolve(ask.file() + "." + ask.once() + ".new");
    }

    /** Where a segment is brought before it is known to be wanted still. */
    Path fetched(WalSegmentName name, long session) {
        return folder.resolve(name + ".fetched-" + session);
    }

    /**
     * Makes it, empty, and keeps others out.
     *
     * @throws PgpitrException LOCKED if another agent uses it
     */
    AgentLock open() throws IOException {
        Files.createDirectories(folder);
        AgentLock lock = AgentLock.acquire(folder.resolve(LOCK), dataDirectory);
        try {
            clear();
            return lock;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private void clear() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (OURS.matcher(name).matches() && !name.equals(LOCK)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Removes it with what is in it, and gives up the lock. */
    void close(AgentLock lock) throws IOException {
        try (lock) {
            clear();
            Files.deleteIfExists(folder.resolve(LOCK));
            Files.deleteIfExists(folder);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            // pg_rewind takes it away too; and somebody else's files are his
        }
    }

    /** Removes what an agent left that was killed; not what a living one uses. */
    public void removeLeftovers() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try {
            close(AgentLock.acquire(folder.resolve(LOCK), dataDirectory));
        } catch (PgpitrException e) {
            return; // in use
        }
    }

    /**
     * How many segments may wait here, or be on their way: prefetching takes at most half of what the disk has free.
     *
     * @param spare for so many of the server's own there is room beside them
     */
    long roomFor(WalSegmentSize size, int spare) throws IOException {
        return Files.getFileStore(folder).getUsableSpace() / size.bytes() - 2L * spare + 1;
    }
}
