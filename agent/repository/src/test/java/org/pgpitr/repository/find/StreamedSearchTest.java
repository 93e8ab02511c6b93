package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.WalWriter;
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
import org.pgpitr.storage.Content;
import org.pgpitr.storage.memory.MemoryStore;

/** The newest incident, in the segment that was still being written. */
class StreamedSearchTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final RelationLocator TABLE = new RelationLocator(1663, 5, 20_000);

    private final Generation generation =
            new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
    private final WalWriter wal =
            new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), CLUSTER.systemIdentifier(), name(5));
    private Lsn incident;
    private Lsn behind;

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(TimelineId.FIRST, number, CLUSTER.segmentSize());
    }

    @BeforeEach
    void a_delete_in_the_open_segment() {
        wal.commit(7, NOON);
        wal.switchSegment();
        new WalArchive(generation).push(name(5), Content.of(wal.segment(5)));
        for (int i = 0; i < 30; i++) {
            wal.row(RowChange.DELETE, 8, TABLE);
        }
        incident = wal.commit(8, NOON.plusSeconds(60));
        behind = wal.position();
        wal.commit(9, NOON.plusSeconds(120));
    }

    /** As another server leaves it that was promoted earlier, or had not received more. */
    @Test
    void it_is_found_also_where_a_partial_segment_ends_before_it() {
        Lsn start = name(6).start(CLUSTER.segmentSize());
        byte[] partial = new byte[CLUSTER.segmentSize().bytes()];
        System.arraycopy(wal.segment(6), 0, partial, 0, 500);
        new WalArchive(generation).push(new PartialSegmentName(name(6)), Content.of(partial));
        stream(start, behind.plus(20));

        SearchResult result = find(SearchFilter.ALL);

        assertThat(result.events())
                .singleElement()
                .satisfies(event -> assertThat(event.lsn()).isEqualTo(incident));
        assertThat(result.to()).contains(behind.plus(20));
    }

    private void stream(Lsn from, Lsn to) {
        Lsn start = name(6).start(CLUSTER.segmentSize());
        new StreamArchive(generation)
                .put(new Piece(TimelineId.FIRST, from, to), Content.of(wal.segment(6), (int) from.minus(start), (int)
                        to.minus(from)));
    }

    private SearchResult find(SearchFilter filter) {
        return WholeSearch.find(generation, NOON, filter, Optional.empty());
    }

    @Test
    void it_is_found_with_the_index_and_without_as_far_as_was_streamed() {
        Lsn start = name(6).start(CLUSTER.segmentSize());
        SearchFilter over = new SearchFilter(
                Optional.empty(), OptionalLong.empty(), Set.of(), OptionalLong.of(29), OptionalLong.empty());
        assertThat(find(over).events()).isEmpty();

        stream(start, start.plus(500));
        stream(start.plus(500), behind.plus(20)); // the next record has begun

        for (SearchFilter filter : List.of(SearchFilter.ALL, over)) {
            SearchResult result = find(filter);
            assertThat(result.events())
                    .singleElement()
                    .satisfies(event -> assertThat(event.lsn()).isEqualTo(incident));
            assertThat(result.to()).contains(behind.plus(20));
            assertThat(result.notes())
                    .anySatisfy(note -> assertThat(note).contains("it is searched up to " + behind.plus(20)))
                    .noneMatch(note -> note.contains("broken"));
        }
    }
}
