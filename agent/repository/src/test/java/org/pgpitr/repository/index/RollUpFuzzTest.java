package org.pgpitr.repository.index;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.storage.Content;

@Timeout(120)
class RollUpFuzzTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);

    @Test
    void a_damaged_roll_up_is_refused_as_such() throws Exception {
        WalSegmentName first = WalSegmentName.of(TimelineId.FIRST, 0, CLUSTER.segmentSize());
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, first);
        List<SegmentSummary> entries = new ArrayList<>();
        for (long number = 0; number < 256; number++) {
            wal.commit(700 + number, Instant.EPOCH.plusSeconds(number));
            wal.restorePoint("point " + number, Instant.EPOCH);
            wal.switchSegment();
            entries.add(SegmentInspection.summary(
                            WalSegmentName.of(TimelineId.FIRST, number, CLUSTER.segmentSize()),
                            Content.of(wal.take(number)))
                    .orElseThrow());
        }
        Fuzzing.of("roll-up", RollUp.of(Level.GROUP, entries).write(WalFiles.CLUSTER))
                .declaring(InvalidFormatException.class)
                .cases(5_000)
                .run(bytes -> RollUp.parse(bytes, WalFiles.CLUSTER, Level.GROUP, first, CLUSTER.segmentSize()));
    }
}
