package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.ObjectStore;

/** Compares what a server was told with what the store has. */
final class ArchiveWitness {
    private final PostgresInstance server;
    private final WalSegmentSize segmentSize;
    private final WalArchive archive;
    private final StreamArchive stream;
    private final String occasion;
    private final Set<String> told = new TreeSet<>();

    /** @param occasion for the message of a failure, such as the seed */
    ArchiveWitness(PostgresInstance server, WalSegmentSize segmentSize, ObjectStore store, String occasion) {
        this.server = server;
        this.segmentSize = segmentSize;
        Generation generation = new Repository(store, new ClusterName("main"), Keys.none(), 3).current();
        this.archive = new WalArchive(generation);
        this.stream = new StreamArchive(generation);
        this.occasion = occasion;
    }

    /**
     * Fails unless each segment that the server takes for archived is, with its very content, and all WAL that it takes for
     * streamed is there, in segments or in pieces.
     */
    void look() throws IOException {
        if (server.isRunning()) {
            requireStreamed();
        }
        for (String name : AgentTest.done(server)) {
            if (told.add(name)) {
                requireSame(WalSegmentName.parse(name));
            }
        }
    }

    /** A slot's {@code restart_lsn} is what its receiver has told to be durable. */
    private void requireStreamed() {
        String heard = server.query("select coalesce(max(restart_lsn), '0/0') from pg_replication_slots");
        Set<Lsn> ends = new TreeSet<>(stream.ends().values()); // before the archive: pieces go when a segment is there
        archive.list((name, stat) -> {
            if (name instanceof WalSegmentName segment) {
                ends.add(segment.end(segmentSize));
            }
        });
        assertThat(ends)
                .as("what the server was told to be streamed; %s", occasion)
                .anyMatch(end -> !end.isBefore(Lsn.parse(heard)));
    }

    private void requireSame(WalSegmentName name) throws IOException {
        assertThat(archive.contains(name))
                .as("%s, which the server was told to be archived; %s", name, occasion)
                .isTrue();
        byte[] archived = archive.read(name);
        Path file = server.dataDirectory().resolve("pg_wal").resolve(name.toString());
        try {
            byte[] local = Files.readAllBytes(file);
            boolean recycledMeanwhile = !Files.exists(file);
            assertThat(recycledMeanwhile || Arrays.equals(archived, local))
                    .as("the content of %s; %s", name, occasion)
                    .isTrue();
        } catch (NoSuchFileException e) {
            // PostgreSQL has no need of it any more; what is archived was verified as it was read
        }
    }

    /** Fails unless all segments from the first archived one to the last follow each other. */
    void requireNoHole() {
        Set<Long> numbers = new TreeSet<>();
        archive.list((name, stat) -> {
            if (name instanceof WalSegmentName segment) {
                numbers.add(segment.number(segmentSize));
            }
        });
        long[] all = numbers.stream().mapToLong(Long::longValue).toArray();
        assertThat(all).as(occasion).hasSizeGreaterThan(told.size() / 2);
        assertThat(all[all.length - 1] - all[0] + 1)
                .as("segments between the first and the last archived one; %s", occasion)
                .isEqualTo(all.length);
    }
}
