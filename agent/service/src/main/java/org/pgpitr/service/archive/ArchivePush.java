package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.List;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;

/** Archives one file that PostgreSQL hands over, in every repository. */
public final class ArchivePush {
    /**
     * What became of the file.
     *
     * @param bytes its size
     * @param outcomes one a repository, in their order
     */
    public record Result(WalFileName name, long bytes, List<WalArchive.Pushed> outcomes) {}

    /**
     * @param repositories at least one; all of them have to take the file
     * @param dataDirectory of the cluster; relative paths are relative to it
     */
    public ArchivePush(List<Repository> repositories, Path dataDirectory) {}

    /**
     * Checks the file and archives it. When this returns, the file is durable in every repository.
     *
     * @param file as {@code %p} gives it
     * @throws org.pgpitr.error.PgpitrException if it was not archived everywhere
     */
    public Result push(Path file) {
        throw new UnsupportedOperationException();
    }
}
