package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.memory.MemoryStore;

/** What a search finds and says in an archive of which something is missing or damaged. */
class WreckedSearchTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final TimelineId TWO = new TimelineId(2);

    private final MemoryStore store = new MemoryStore();
    private final Generation generation =
            new Repository(store, new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
    private final WalArchive archive = new WalArchive(generation);

    private static WalSegmentName name(TimelineId timeline, long number) {
        return WalSegmentName.of(timeline, number, CLUSTER.segmentSize());
    }

    private void archive(WalWriter wal, TimelineId timeline, long number, long xid) {
        wal.commit(xid, NOON.plusSeconds(xid));
        wal.switchSegment();
        archive.push(name(timeline, number), Content.of(wal.segment(number)));
    }

    private SearchResult find(Optional<TimelineId> timeline) {
        return WholeSearch.find(generation, NOON, SearchFilter.ALL, timeline);
    }

    @BeforeEach
    void two_timelines() {
        WalWriter wal = new WalWriter(
                CLUSTER.major(), CLUSTER.segmentSize(), CLUSTER.systemIdentifier(), name(TimelineId.FIRST, 5));
        archive(wal, TimelineId.FIRST, 5, 7);
        wal.promote(TWO);
        archive(wal, TWO, 6, 8);
    }

    @Test
    void wal_of_a_timeline_without_history_is_not_left_out_silently() {
        assertThat(find(Optional.empty()).notes())
                .anySatisfy(note -> assertThat(note)
                        .startsWith("Timeline 2 is not searched, since the history of timeline 2, 00000002.history,")
                        .contains("archive 00000002.history with `pgpitr archive-push`"));
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> find(Optional.of(TWO)))
                .satisfies(e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
                    assertThat(e).hasMessageContaining("is not in the archive");
                    assertThat(e.hint().orElseThrow()).contains("pgpitr archive-push");
                });

        archive.push(
                new TimelineHistoryName(TWO),
                Content.of("1\t0/600000\tpromoted\n".getBytes(StandardCharsets.US_ASCII)));

        SearchResult mended = find(Optional.empty());
        assertThat(mended.timeline()).isEqualTo(TWO);
        assertThat(mended.commits()).isEqualTo(2);
        assertThat(mended.notes()).noneMatch(note -> note.contains("history"));
    }

    @Test
    void a_damaged_history_is_named_and_the_rest_is_searched() {
        store.putIfAbsent(generation.layout().wal(new TimelineHistoryName(TWO)), Content.of(new byte[100]));

        SearchResult result = find(Optional.empty());

        assertThat(result.commits()).isEqualTo(1);
        assertThat(result.notes())
                .anySatisfy(note -> assertThat(note)
                        .startsWith("Timeline 2 is not searched, since the history of timeline 2 can't be read")
                        .contains("delete the damaged object"));
    }
}
