package org.pgpitr.service.stream;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.memory.MemoryStore;

/** A repository in memory that is streamed into, and what a server would send. Segments of 1 MB. */
final class StreamedRepository {
    static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    static final WalSegmentName SEGMENT = WalSegmentName.parse("0000000100000000000000A3");
    static final Lsn START = SEGMENT.start(CLUSTER.segmentSize());
    static final Lsn END = SEGMENT.end(CLUSTER.segmentSize());
    static final StreamOptions OPTIONS = new StreamOptions(
            "pgpitr",
            "pgpitr",
            Duration.ofHours(1),
            1 << 20,
            StreamOptions.Pace.SYNCHRONOUS,
            StreamOptions.OnNoSlot.FAIL,
            StreamOptions.OnMissing.REQUIRE);

    final ObjectStore store = new MemoryStore();
    final Repository repository = over(store);
    final Generation generation = repository.create(CLUSTER);

    static Repository over(ObjectStore store) {
        return new Repository(store, new ClusterName("main"), Keys.none(), 1);
    }

    static byte[] bytes(WalSegmentName segment, long seed) {
        return WalFiles.segment(segment, CLUSTER, seed);
    }

    static byte[] bytes(long seed) {
        return bytes(SEGMENT, seed);
    }

    /** As much of a segment as has arrived. */
    static ReceivedSegment received(byte[] segment, int length) {
        ReceivedSegment received = ReceivedSegment.create(SEGMENT, CLUSTER.segmentSize());
        received.append(ByteBuffer.wrap(segment, 0, length));
        return received;
    }

    StreamTarget target(Lsn horizon) {
        return new StreamTarget(generation, OPTIONS, horizon);
    }

    /** Archives a segment that is whole, as a stream does. */
    static void archive(Repository repository, StreamTarget target, ReceivedSegment whole) {
        target.compare(whole);
        new ArchivePush(List.of(repository), Path.of("")).push(whole.name(), whole.content(whole.start(), whole.end()));
    }

    void archive(StreamTarget target, ReceivedSegment whole) {
        archive(repository, target, whole);
    }

    StreamArchive pieces() {
        return new StreamArchive(generation);
    }

    void piece(byte[] segment, int from, int to) {
        pieces().put(piece(from, to), Content.of(segment, from, to - from));
    }

    static Piece piece(int from, int to) {
        return new Piece(SEGMENT.timeline(), START.plus(from), START.plus(to));
    }

    List<Piece> stored() {
        return pieces().pieces(SEGMENT);
    }

    void archived(WalSegmentName segment, byte[] bytes) {
        new WalArchive(generation).push(segment, Content.of(bytes));
    }

    boolean isArchived(WalSegmentName segment) {
        return new WalArchive(generation).contains(segment);
    }

    /** What a recovery would get of the segment in pieces. */
    Lsn recoverable(Path folder) {
        return pieces().assemble(SEGMENT, folder.resolve("segment"))
                .map(streamed -> {
                    try (streamed) {
                        return streamed.end();
                    }
                })
                .orElse(START);
    }
}
