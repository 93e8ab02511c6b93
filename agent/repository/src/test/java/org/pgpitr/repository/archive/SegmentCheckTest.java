package org.pgpitr.repository.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;

class SegmentCheckTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final WalSegmentName NAME = WalSegmentName.parse("0000000300000001000000A3");

    private static Optional<String> misfit(String name, ClusterIdentity cluster, byte[] segment) {
        return SegmentCheck.misfit(WalFileName.parse(name), cluster, segment.length, Arrays.copyOf(segment, 40))
                .map(m -> m.kind() + " " + m.what());
    }

    private static byte[] segment(int magic, long timeline, ClusterIdentity cluster) {
        byte[] segment = WalFiles.segment(NAME, cluster, 1, magic);
        long start = NAME.start(cluster.segmentSize()).value();
        WalFiles.header(segment, magic, new TimelineId(timeline), start, cluster);
        return segment;
    }

    @Test
    void a_segment_fits_its_name() {
        byte[] segment = WalFiles.segment(NAME, CLUSTER, 1);
        assertThat(misfit(NAME.toString(), CLUSTER, segment)).isEmpty();
        assertThat(misfit(NAME + ".partial", CLUSTER, segment)).isEmpty();
        assertThat(misfit("00000003.history", CLUSTER, new byte[3])).isEmpty();
    }

    @Test
    void the_first_segments_of_a_timeline_may_begin_with_a_page_of_an_older_one() {
        assertThat(misfit(NAME.toString(), CLUSTER, segment(0xD116, 1, CLUSTER)))
                .isEmpty();
        assertThat(misfit(NAME.toString(), CLUSTER, segment(0xD116, 4, CLUSTER)))
                .hasValue("DAMAGED was written on timeline 4, and its name says timeline 3");
    }

    @Test
    void a_segment_under_another_name_does_not_fit() {
        byte[] segment = WalFiles.segment(NAME, CLUSTER, 1);
        assertThat(misfit(NAME.next(CLUSTER.segmentSize()).toString(), CLUSTER, segment))
                .hasValue("DAMAGED begins at 1/A300000, which is not where its name says");
    }

    @Test
    void a_name_that_clusters_of_this_segment_size_do_not_have_does_not_fit() {
        ClusterIdentity sixteen = WalFiles.cluster(1, WalFiles.CLUSTER, 17, 16 << 20, Encryption.NONE);
        byte[] segment = WalFiles.segment(WalSegmentName.parse("000000030000000100000003"), sixteen, 1);
        assertThat(misfit("000000030000000100000003", sixteen, segment)).isEmpty();
        assertThat(misfit("000000030000000000000103", sixteen, segment).orElseThrow())
                .startsWith("DAMAGED begins at");
    }

    @Test
    void a_truncated_or_zeroed_segment_does_not_fit() {
        byte[] segment = WalFiles.segment(NAME, CLUSTER, 1);
        assertThat(misfit(NAME.toString(), CLUSTER, Arrays.copyOf(segment, 1000)))
                .hasValue("DAMAGED has 1000 bytes, and the segments of this cluster have 1048576");
        assertThat(misfit(NAME.toString(), CLUSTER, new byte[0]).orElseThrow()).startsWith("DAMAGED has 0 bytes");
        assertThat(misfit(NAME.toString(), CLUSTER, new byte[1 << 20]).orElseThrow())
                .startsWith("DAMAGED does not begin as a WAL segment");
    }

    @Test
    void a_segment_of_another_cluster_does_not_fit() {
        ClusterIdentity twin = WalFiles.cluster(1, WalFiles.TWIN, Encryption.NONE);
        assertThat(misfit(NAME.toString(), CLUSTER, WalFiles.segment(NAME, twin, 1)))
                .hasValue("OTHER_CLUSTER is of the cluster with system identifier 7312345678901234568, and this is "
                        + "7312345678901234567");
    }

    @Test
    void a_segment_of_another_major_does_not_fit() {
        assertThat(misfit(NAME.toString(), CLUSTER, segment(0xD118, 3, CLUSTER)))
                .hasValue("OTHER_CLUSTER is of PostgreSQL 18 (magic D118), and this cluster is of PostgreSQL 17");
        assertThat(misfit(NAME.toString(), CLUSTER, segment(0xD120, 3, CLUSTER)).orElseThrow())
                .startsWith("OTHER_CLUSTER is of an unknown version of PostgreSQL (magic D120)");
    }

    @Test
    void a_newer_major_is_checked_as_far_as_that_needs_no_knowledge_of_it() {
        ClusterIdentity newer = WalFiles.cluster(1, WalFiles.CLUSTER, 21, 1 << 20, Encryption.NONE);
        assertThat(misfit(NAME.toString(), newer, segment(0xD120, 3, newer))).isEmpty();
        assertThat(misfit(NAME.toString(), newer, segment(0xD116, 3, newer)).orElseThrow())
                .startsWith("OTHER_CLUSTER is of PostgreSQL 17");
        ClusterIdentity newerTwin = WalFiles.cluster(1, new SystemIdentifier(9), 21, 1 << 20, Encryption.NONE);
        assertThat(misfit(NAME.toString(), newer, segment(0xD120, 3, newerTwin)).orElseThrow())
                .startsWith("OTHER_CLUSTER is of the cluster");
    }

    @Test
    void a_cluster_with_another_segment_size_does_not_fit() {
        byte[] segment = new byte[1 << 20];
        ClusterIdentity two = WalFiles.cluster(1, WalFiles.CLUSTER, 17, 2 << 20, Encryption.NONE);
        WalFiles.header(segment, 0xD116, NAME.timeline(), 0x1_0A20_0000L, two);
        assertThat(misfit(NAME.toString(), CLUSTER, segment))
                .hasValue("OTHER_CLUSTER is of a cluster with segments of 2MB, and this one has 1MB");
    }
}
