package org.pgpitr.service.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.postgres.DataDirectoryContents;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.service.Progress;

/**
 * What a backup is taken from: a running server and its data directory on this host.
 *
 * @param server the connection
 * @param facts what the server says of itself
 * @param dataDirectory where it is here, without symbolic links
 * @param blockSize of its pages, in bytes
 * @param relationSegmentBlocks how many pages a file of a relation has at most
 */
record BackupSource(Server server, ServerFacts facts, Path dataDirectory, int blockSize, int relationSegmentBlocks) {
    /**
     * @param here where the data directory is on this host; empty: where the server says that it is
     */
    static BackupSource of(Server server, Optional<Path> here) {
        ServerFacts facts = server.facts();
        Path directory = here.orElse(facts.dataDirectory());
        Map<String, String> settings = server.settings(List.of("block_size", "segment_size"));
        try {
            return new BackupSource(
                    server,
                    facts,
                    directory.toRealPath(),
                    Integer.parseInt(settings.get("block_size")),
                    Integer.parseInt(settings.get("segment_size")));
        } catch (IOException e) {
            throw LocalFiles.unreadable(directory, e);
        }
    }

    /** How pages are verified in a backup that began at {@code start}; empty if they have no checksums. */
    Optional<PageCheck> pageCheck(Lsn start) {
        return facts.checksums() == ServerFacts.Checksums.ON
                ? Optional.of(new PageCheck(blockSize, relationSegmentBlocks, start))
                : Optional.empty();
    }

    /**
     * Lists what there is to copy now.
     *
     * @param tablespaces the oids of those to be copied
     */
    FileList scan(int catalogVersion, Set<String> tablespaces, Progress progress) throws InterruptedException {
        return new DataDirectoryScan(
                        dataDirectory,
                        DataDirectoryContents.of(facts.major()),
                        "PG_" + facts.major() + "_" + catalogVersion,
                        tablespaces,
                        progress)
                .run();
    }
}
