package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.memory.MemoryStore;

/** A transaction that deletes most of its rows long before it commits, in WAL that a search of the commit does not read. */
class PartlyReadTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final RelationLocator TABLE = new RelationLocator(1663, 5, 20_000);
    private static final long FIRST = 5;
    private static final long LAST = 40;
    private static final long LONG_RUNNING = 7;

    private final Generation generation =
            new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
    private final WalWriter wal =
            new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), CLUSTER.systemIdentifier(), name(FIRST));

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(TimelineId.FIRST, number, CLUSTER.segmentSize());
    }

    /** One that deletes a single row commits in each segment. */
    private void write(long number) throws IOException {
        ByteBuffer running = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        running.putInt(12, (int) (100 + number)).putInt(16, (int) LONG_RUNNING);
        wal.record(RmgrId.STANDBY, 0x10, 0, WalWriter.main(running.array()));
        if (number == FIRST) {
            for (int i = 0; i < 1000; i++) {
                wal.row(RowChange.DELETE, LONG_RUNNING, TABLE);
            }
        }
        wal.row(RowChange.DELETE, 100 + number, TABLE);
        wal.commit(100 + number, NOON.plusSeconds(60 * number));
        if (number == LAST - 2) {
            wal.row(RowChange.DELETE, LONG_RUNNING, TABLE);
            wal.commit(LONG_RUNNING, NOON.plusSeconds(60 * number + 1));
        }
        wal.switchSegment();
        Content content = Content.of(wal.take(number));
        byte[] summary = SummaryFormat.write(
                SegmentInspection.summary(name(number), content).orElseThrow());
        new WalArchive(generation).push(name(number), content, summary);
    }

    private SearchResult find(long from, long over, IncidentSearch.Means means) {
        RecoveryFacts facts = new RecoveryFacts(
                CLUSTER.segmentSize(), List.of(), List.of(), Map.of(), new WalArchive(generation).scan(), NOON);
        return new IncidentSearch(
                        generation, facts, ArchiveListing.begin(generation).rolledUp(), SearchListener.NONE, means)
                .run(new SearchRequest(
                        new SearchRange(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(name(from).start(CLUSTER.segmentSize())),
                                Optional.empty()),
                        new SearchFilter(
                                Optional.empty(),
                                OptionalLong.empty(),
                                Set.of(),
                                OptionalLong.of(over),
                                OptionalLong.empty()),
                        10,
                        Optional.empty()));
    }

    @ParameterizedTest
    @EnumSource
    void it_is_not_dropped_for_the_few_rows_that_were_read_of_it(IncidentSearch.Means means) throws IOException {
        for (long number = FIRST; number <= LAST; number++) {
            write(number);
        }

        SearchResult result = find(LAST - 5, 500, means);

        assertThat(result.events()).singleElement().isInstanceOfSatisfying(FoundEvent.Commit.class, commit -> {
            assertThat(commit.xid()).isEqualTo(LONG_RUNNING);
            assertThat(commit.reading()).isEqualTo(FoundEvent.Commit.Reading.MAYBE_PARTLY);
            assertThat(commit.totals().rows().deleted()).isEqualTo(1);
        });
        assertThat(find(FIRST, 1000, means).events()).hasSize(1);
        assertThat(result.segments()).isLessThan(LAST - FIRST);
    }

    @Test
    void what_begins_in_the_wal_that_is_read_is_judged_by_its_rows() throws IOException {
        for (long number = FIRST; number <= LAST - 3; number++) {
            write(number);
        }

        assertThat(find(LAST - 8, 500, IncidentSearch.Means.INDEX).events()).isEmpty();
    }
}
