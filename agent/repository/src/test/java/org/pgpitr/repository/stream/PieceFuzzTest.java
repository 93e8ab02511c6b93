package org.pgpitr.repository.stream;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.storage.ObjectKey;

@Timeout(60)
class PieceFuzzTest {
    @Test
    void a_name_is_a_pieces_or_not() {
        RepositoryLayout layout =
                RepositoryLayout.of(new ClusterName("main"), WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE));
        ObjectKey good = layout.piece(new TimelineId(2), Lsn.parse("0/A300000"), Lsn.parse("0/A300100"));
        Fuzzing.of("piece", good.value().getBytes(StandardCharsets.US_ASCII)).run(bytes -> {
            String name = new String(bytes, StandardCharsets.ISO_8859_1);
            if (ObjectKey.isValid(name)) {
                Piece.at(layout, WalSegmentSize.DEFAULT, ObjectKey.of(name));
            }
        });
    }
}
