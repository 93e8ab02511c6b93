package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.archive.WalFiles;

/** A data directory whose server offers WAL to be archived. */
final class OfferedWal {
    static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    static final WalSegmentSize SIZE = CLUSTER.segmentSize();

    private final Path directory;
    private final Path status;

    OfferedWal(Path directory) throws IOException {
        this.directory = directory.toRealPath();
        this.status = Files.createDirectories(this.directory.resolve("pg_wal/archive_status"));
        Files.writeString(this.directory.resolve("PG_VERSION"), "17\n");
    }

    Path directory() {
        return directory;
    }

    static WalSegmentName name(int number) {
        return WalSegmentName.of(TimelineId.FIRST, number, SIZE);
    }

    Path file(Object name) {
        return directory.resolve("pg_wal").resolve(name.toString());
    }

    /** Writes a segment. */
    WalSegmentName segment(int number) throws IOException {
        WalSegmentName name = name(number);
        Files.write(file(name), WalFiles.segment(name, CLUSTER, number));
        return name;
    }

    /** Writes a segment and offers it. */
    WalSegmentName offer(int number) throws IOException {
        WalSegmentName name = segment(number);
        offer(name.toString());
        return name;
    }

    void offer(String name) throws IOException {
        Files.writeString(status.resolve(name + ".ready"), "");
    }

    List<WalSegmentName> offer(int first, int last) throws IOException {
        List<WalSegmentName> all = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            all.add(offer(i));
        }
        return all;
    }

    /** What PostgreSQL's archiver does when it has heard of success. */
    void done(Object name) throws IOException {
        Files.move(
                status.resolve(name + ".ready"), status.resolve(name + ".done"), StandardCopyOption.REPLACE_EXISTING);
    }
}
