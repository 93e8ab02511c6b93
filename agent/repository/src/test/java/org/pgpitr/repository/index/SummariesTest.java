package org.pgpitr.repository.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.StoredBytes;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.codec.StoredAnnex;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.memory.MemoryStore;

/** A damaged object is never taken for a store that does not answer, nor the other way round. */
class SummariesTest {
    private static final AgeIdentity OWN = AgeIdentity.generate();
    private final MemoryStore store = new MemoryStore();

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(
                TimelineId.FIRST,
                number,
                WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE).segmentSize());
    }

    private static Repository repository(ObjectStore in, Encryption encryption) {
        Keys keys = encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of(OWN));
        return new Repository(in, new ClusterName("main"), keys, 1);
    }

    /** Segments 5 to 7, with their summaries. */
    private Generation archived(Encryption encryption) throws IOException {
        ClusterIdentity cluster = WalFiles.cluster(1, WalFiles.CLUSTER, encryption);
        Generation generation = repository(store, encryption).create(cluster);
        for (long number = 5; number <= 7; number++) {
            Content content = Content.of(WalFiles.segment(name(number), cluster, number));
            byte[] summary = SummaryFormat.write(
                    SegmentInspection.summary(name(number), content).orElseThrow());
            new WalArchive(generation).push(name(number), content, summary);
        }
        return generation;
    }

    private byte[] bytes(ObjectKey key) {
        return StoredBytes.of(store, key);
    }

    private void put(ObjectKey key, byte[] bytes) {
        StoredBytes.put(store, key, bytes);
    }

    private static void assertDamaged(Generation generation, ObjectKey key, String as) {
        assertThatThrownBy(() -> new Summaries(generation).read(name(6)))
                .as(as)
                .isInstanceOfSatisfying(PgpitrException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
                    assertThat(e).hasMessageContaining("object " + key + " is damaged");
                });
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void an_object_that_is_cut_off_within_its_summary_or_before_is_damaged(Encryption encryption) throws IOException {
        Generation generation = archived(encryption);
        ObjectKey key = generation.layout().wal(name(6));
        byte[] whole = bytes(key);
        int behindSummary = encryption == Encryption.NONE
                ? StoredAnnex.at(whole) + StoredAnnex.FRAME_HEADER + StoredAnnex.length(whole)
                : 1000;
        for (int length = 0; length <= behindSummary; length += encryption == Encryption.NONE ? 1 : 13) {
            put(key, Arrays.copyOf(whole, length));
            if (encryption == Encryption.AGE || length < behindSummary) {
                assertDamaged(generation, key, "cut to " + length + " of " + whole.length);
            }
        }
        put(key, whole);
        assertThat(new Summaries(generation).read(name(6))).isPresent();
    }

    @Test
    void an_index_tells_of_a_damaged_object_and_goes_on_behind_it() throws IOException {
        Generation generation = archived(Encryption.NONE);
        ObjectKey key = generation.layout().wal(name(6));
        byte[] whole = bytes(key);
        byte[] cut =
                Arrays.copyOf(whole, StoredAnnex.at(whole) + StoredAnnex.FRAME_HEADER + StoredAnnex.length(whole) / 2);
        // Longer than the object
        byte[] longer = whole.clone();
        longer[StoredAnnex.at(whole) + StoredAnnex.LENGTH_FIELD + 2] ^= 8;
        for (byte[] damaged : List.of(cut, longer)) {
            put(key, damaged);

            assertThat(told(generation))
                    .containsExactly(name(5) + " is sound", name(6) + " is damaged", name(7) + " is sound");
            assertThat(new IndexBuilder(generation, new WalArchive(generation).scan(), 4)
                            .build(n -> {})
                            .segments())
                    .isEqualTo(3);
        }
    }

    @Test
    void where_the_summary_can_not_be_read_the_wal_tells() throws IOException {
        Generation generation = archived(Encryption.NONE);
        ObjectKey key = generation.layout().wal(name(6));
        byte[] whole = bytes(key);
        SegmentSummary sound = new Summaries(generation).read(name(6)).orElseThrow();
        // Its version, and the segment's name
        for (int at = 0; at < 20; at++) {
            byte[] flipped = whole.clone();
            flipped[StoredAnnex.at(whole) + StoredAnnex.FRAME_HEADER + at] ^= 1;
            put(key, flipped);

            assertThat(new Summaries(generation).read(name(6)))
                    .as("byte %s", at)
                    .hasValue(sound);
        }
    }

    private static List<String> told(Generation generation) {
        List<String> told = new ArrayList<>();
        try (WalIndex index = new WalIndex(generation, new WalArchive(generation).scan(), 4)) {
            index.segments(TimelineId.FIRST, 5, 7, new IndexVisitor() {
                @Override
                public Next visit(SegmentSummary summary) {
                    told.add(summary.segment() + " is sound");
                    return Next.CONTINUE;
                }

                @Override
                public Next broken(WalSegmentName segment, BrokenWalException why) {
                    told.add(segment + " is broken");
                    return Next.CONTINUE;
                }

                @Override
                public Next damaged(WalSegmentName segment, PgpitrException why) {
                    told.add(segment + " is damaged");
                    return Next.CONTINUE;
                }
            });
        }
        return told;
    }

    /** As of a connection that ends early. */
    @Test
    void a_store_that_delivers_no_more_is_not_taken_for_damage() throws IOException {
        Generation generation = archived(Encryption.NONE);
        ForwardingStore ending = new ForwardingStore(store) {
            @Override
            public Optional<InputStream> open(ObjectKey key) {
                return store.open(key).map(SummariesTest::ending);
            }

            @Override
            public Optional<InputStream> open(ObjectKey key, ByteRange range) {
                return store.open(key, range).map(SummariesTest::ending);
            }
        };
        Generation unreliable = new Generation(ending, generation.layout(), generation.identity(), generation.codec());

        assertThatThrownBy(() -> new Summaries(unreliable).read(name(6)))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.UNAVAILABLE));
    }

    private static InputStream ending(InputStream in) {
        return new FilterInputStream(in) {
            private int left = 200;

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (left == 0) {
                    throw new EOFException("the connection has ended");
                }
                int n = super.read(bytes, offset, Math.min(length, left));
                left -= Math.max(0, n);
                return n;
            }
        };
    }
}
