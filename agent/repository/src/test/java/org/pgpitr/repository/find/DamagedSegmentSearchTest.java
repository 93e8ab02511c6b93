package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.StoredBytes;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.codec.StoredAnnex;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

/** One damaged object, wherever it is, costs a search what happened in that segment, and nothing else. */
class DamagedSegmentSearchTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final RelationLocator TABLE = new RelationLocator(1663, 5, 20_000);
    private static final long FIRST = 5;
    private static final long LAST = 20;
    private static final SearchFilter DELETES = new SearchFilter(
            Optional.empty(), OptionalLong.empty(), Set.of(), OptionalLong.of(3), OptionalLong.empty());

    private final MemoryStore store = new MemoryStore();
    private final Generation generation =
            new Repository(store, new ClusterName("main"), Keys.none(), 1).create(CLUSTER);

    /** How an object is damaged. */
    enum Wreck {
        FLIPPED(bytes -> {
            byte[] flipped = bytes.clone();
            flipped[bytes.length - 20] ^= 4;
            return flipped;
        }),
        CUT(bytes -> Arrays.copyOf(bytes, bytes.length - 1)),
        CUT_IN_ITS_SUMMARY(bytes -> Arrays.copyOf(bytes, StoredAnnex.at(bytes) + 20)),
        CUT_TO_NOTHING(bytes -> new byte[0]);

        private final UnaryOperator<byte[]> damage;

        Wreck(UnaryOperator<byte[]> damage) {
            this.damage = damage;
        }
    }

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(TimelineId.FIRST, number, CLUSTER.segmentSize());
    }

    private static Instant time(long segment) {
        return NOON.plusSeconds(60 * segment);
    }

    /** In each segment one transaction deletes five rows; the segment's number is its time in minutes. */
    private void archive(boolean summarized) throws IOException {
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), CLUSTER.systemIdentifier(), name(FIRST));
        for (long number = FIRST; number <= LAST; number++) {
            for (int i = 0; i < 5; i++) {
                wal.row(RowChange.DELETE, 100 + number, TABLE);
            }
            wal.commit(100 + number, time(number));
            wal.filler(new byte[60_000]);
            wal.switchSegment();
            Content content = Content.of(wal.take(number));
            byte[] summary = SummaryFormat.write(
                    SegmentInspection.summary(name(number), content).orElseThrow());
            new WalArchive(generation).push(name(number), content, summarized ? summary : new byte[0]);
        }
    }

    private SearchResult find(SearchRange range, SearchFilter filter) {
        ArchiveListing listing = ArchiveListing.begin(generation);
        Clock now = Clock.fixed(time(LAST + 1), ZoneOffset.UTC);
        return new IncidentSearch(
                        generation,
                        RecoveryFactsReader.readWhateverBackups(generation, now, listing),
                        listing.rolledUp(),
                        SearchListener.NONE)
                .run(new SearchRequest(range, filter, 100, Optional.empty()));
    }

    private static Set<Long> segments(SearchResult result) {
        return result.events().stream()
                .map(event -> CLUSTER.segmentSize().segmentNumber(event.lsn()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private byte[] bytes(ObjectKey key) {
        return StoredBytes.of(store, key);
    }

    private void put(ObjectKey key, byte[] bytes) {
        StoredBytes.put(store, key, bytes);
    }

    private record Asked(SearchRange range, long from, long to) {
        static Asked all() {
            return new Asked(WholeSearch.ALL, FIRST, LAST);
        }

        static Asked byTime(long from, long to) {
            return new Asked(SearchRange.time(time(from).minusSeconds(1), time(to).plusSeconds(1)), from, to);
        }

        static Asked byLsn(long from, long to) {
            return new Asked(
                    new SearchRange(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(name(from).start(CLUSTER.segmentSize())),
                            Optional.of(name(to).end(CLUSTER.segmentSize()))),
                    from,
                    to);
        }

        Set<Long> without(long damaged) {
            return LongStream.rangeClosed(from, to)
                    .filter(number -> number != damaged)
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @ParameterizedTest
    @EnumSource(Wreck.class)
    void with_summaries_it_costs_its_own_segment(Wreck wreck) throws IOException {
        archive(true);
        assertThatOneCostsItsOwnSegment(wreck);
    }

    @Test
    void without_summaries_it_costs_its_own_segment() throws IOException {
        archive(false);
        assertThatOneCostsItsOwnSegment(Wreck.FLIPPED);
    }

    /** Within the range, before and behind it, and at the archive's very beginning and end. */
    private void assertThatOneCostsItsOwnSegment(Wreck wreck) throws IOException {
        for (long number : List.of(FIRST, 14L, 16L, LAST)) {
            ObjectKey key = generation.layout().wal(name(number));
            byte[] sound = bytes(key);
            put(key, wreck.damage.apply(sound));
            for (Asked asked : List.of(Asked.all(), Asked.byTime(15, 17), Asked.byLsn(15, 17))) {
                for (SearchFilter filter : List.of(SearchFilter.ALL, DELETES)) {
                    SearchResult result = find(asked.range(), filter);

                    String as = "%s of segment %s, %s".formatted(wreck, number, asked);
                    assertThat(segments(result)).as(as).isEqualTo(asked.without(number));
                    assertThat(result.commits())
                            .as(as)
                            .isEqualTo(asked.without(number).size());
                    if (number >= asked.from() && number <= asked.to()) {
                        assertThat(result.notes())
                                .as(as)
                                .anySatisfy(note -> assertThat(note)
                                        .startsWith("WAL segment " + name(number) + " can't be read: object " + key
                                                + " is damaged: ")
                                        .endsWith(". What happened there is not known."));
                    }
                }
            }
            put(key, sound);
        }
        assertThat(find(WholeSearch.ALL, SearchFilter.ALL).notes()).noneMatch(note -> note.contains("can't be read"));
    }
}
