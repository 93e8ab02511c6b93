package org.pgpitr.service.backup;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.LanePosition;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.LaneWriter;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestWriter;

/** The lanes of one backup: numbers them, runs their uploads, gathers their totals. Safe for several threads. */
final class Lanes implements AutoCloseable {
    /** Where a lane is ended, in plaintext bytes: a file is never cut, so it may become somewhat more. */
    static final long FULL = 1L << 30;

    private final Generation generation;
    private final BackupId id;
    private final ManifestWriter manifest;
    private final long full;
    private final AtomicInteger opened = new AtomicInteger();
    private final List<LaneTotals> totals = new ArrayList<>();
    private final ExecutorService uploads = Executors.newCachedThreadPool(Threads.daemons("pgpitr-upload"));

    /** @param full where a lane is ended, see {@link #FULL} */
    Lanes(Generation generation, BackupId id, ManifestWriter manifest, long full) {
        this.generation = generation;
        this.id = id;
        this.manifest = manifest;
        this.full = full;
    }

    /** The next lane. Whoever opened it finishes it, or closes it to give it up. */
    LaneWriter open() {
        return new LaneWriter(generation, id, opened.getAndIncrement(), uploads);
    }

    boolean isFull(LaneWriter lane) {
        return lane.plainBytes() >= full;
    }

    /** Ends a lane; returns when all of it is stored. */
    void finish(LaneWriter lane) {
        LaneTotals finished = lane.finish();
        manifest.endLane(finished.lane());
        synchronized (totals) {
            totals.add(finished);
        }
    }

    /** Records what stands in a lane. */
    void record(ManifestEntry entry) {
        manifest.add(entry);
    }

    /** Writes a directory into a lane. */
    void writeDirectory(LaneWriter lane, ManifestEntry directory) {
        LanePosition position = lane.begin(directory);
        lane.end();
        record(directory.at(position));
    }

    /** Writes a file that is in memory into a lane. */
    void writeFile(LaneWriter lane, ManifestEntry header, byte[] content) {
        LanePosition position = lane.begin(header);
        lane.write(content, 0, content.length);
        lane.end();
        String sha256 = HexFormat.of().formatHex(FileCopier.sha256().digest(content));
        record(header.withSha256(sha256).at(position));
    }

    /** Of all lanes that were finished. */
    List<LaneTotals> totals() {
        synchronized (totals) {
            return List.copyOf(totals);
        }
    }

    /** Stops all uploads and waits for their end, so that nothing is stored afterwards. */
    @Override
    public void close() {
        Threads.end(uploads);
    }
}
