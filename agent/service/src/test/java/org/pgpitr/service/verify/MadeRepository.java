package org.pgpitr.service.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PageChecksum;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.StoredBytes;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.LaneWriter;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.codec.Sha256;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.plan.ArchivedStops;
import org.pgpitr.repository.plan.RecoveryDecision;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.StopSearch;
import org.pgpitr.repository.plan.WholeBackups;
import org.pgpitr.repository.window.WindowAnswer;
import org.pgpitr.repository.window.WindowReader;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.memory.MemoryStore;

/** A repository in memory with a backup and WAL as PostgreSQL 17 writes it, in segments of 1 MB; to be wrecked. */
final class MadeRepository {
    static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    static final SystemIdentifier SYSTEM = new SystemIdentifier(7400000000000000001L);
    static final ClusterName NAME = new ClusterName("main");
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
    static final AgeIdentity OWN = AgeIdentity.generate();
    private static final int PAGE = 8192;

    final MemoryStore store = new MemoryStore(CLOCK);
    final Map<String, byte[]> files = new LinkedHashMap<>();
    /** Of this file the manifest tells another digest than its own. */
    String wronglyListed = "";

    private final Encryption encryption;
    final Generation generation;

    MadeRepository(Encryption encryption) {
        this.encryption = encryption;
        this.generation = repository(store).create(identity(1, SYSTEM));
        files.put("PG_VERSION", "17\n".getBytes(StandardCharsets.US_ASCII));
        files.put("base/5/16384", pages(3, 12));
        files.put("base/5/big", random(1, (18 << 20) + 5));
        files.put("base/5/small", random(2, 1000));
        files.put("backup_label", "START WAL LOCATION: ...\n".getBytes(StandardCharsets.US_ASCII));
        files.put("global/pg_control", control(SYSTEM));
    }

    ClusterIdentity identity(int number, SystemIdentifier system) {
        return new ClusterIdentity(
                1, number, system, new PostgresMajor(17), SIZE, encryption, Instant.parse("2026-11-01T00:00:00Z"));
    }

    /** This repository, in that store, with the key. */
    Repository repository(ObjectStore in) {
        Keys keys = encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of(OWN));
        return new Repository(in, NAME, keys, 1);
    }

    /** As on a host that can write and not read. */
    Repository withoutIdentity() {
        return new Repository(store, NAME, Keys.of(List.of(OWN.recipient()), List.of()), 1);
    }

    MadeWal wal(long firstSegment) {
        return new MadeWal(generation.identity(), firstSegment, 11);
    }

    void archive(MadeWal wal) {
        wal.segments().forEach(this::archive);
    }

    void archive(WalFileName name, byte[] content) {
        new WalArchive(generation).push(name, Content.of(content));
    }

    /** Each segment with its summary in the same object, as the agent archives it. */
    void archiveSummarized(MadeWal wal) {
        wal.segments().forEach(this::archiveSummarized);
    }

    void archiveSummarized(WalFileName name, byte[] content) {
        new WalArchive(generation).push(name, Content.of(content), summary(name, content));
    }

    private static byte[] summary(WalFileName name, byte[] content) {
        try {
            return SummaryFormat.write(
                    SegmentInspection.summary(name, Content.of(content)).orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In the place of what is archived under that name, with the summary of another content. */
    void archive(WalSegmentName name, byte[] content, byte[] summarized) {
        lose(key(name));
        new WalArchive(generation).push(name, Content.of(content), summary(name, summarized));
    }

    void history(int timeline, Lsn... switchPoints) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < switchPoints.length; i++) {
            text.append(i + 1).append('\t').append(switchPoints[i]).append("\tno recovery target specified\n");
        }
        archive(
                new TimelineHistoryName(new TimelineId(timeline)),
                text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    static WalSegmentName segment(int timeline, long number) {
        return WalSegmentName.of(new TimelineId(timeline), number, SIZE);
    }

    static PartialSegmentName partial(int timeline, long number) {
        return (PartialSegmentName) WalFileName.parse(segment(timeline, number) + ".partial");
    }

    ObjectKey key(WalFileName name) {
        return generation.layout().wal(name);
    }

    /** A backup of {@link #files} that needs the WAL of these segments, both ends included. */
    BackupSummary backup(String id, int timeline, long first, long last) {
        BackupId backup = BackupId.parse(id);
        ExecutorService uploads = Executors.newFixedThreadPool(2);
        try (ManifestWriter manifest = new ManifestWriter(generation, backup)) {
            List<LaneTotals> lanes = List.of(
                    lane(
                            backup,
                            0,
                            List.of("PG_VERSION", "base/5/16384", "base/5/big", "base/5/small"),
                            uploads,
                            manifest),
                    lane(backup, 1, List.of("backup_label", "global/pg_control"), uploads, manifest));
            BackupSummary summary = new BackupSummary(
                    backup,
                    SYSTEM,
                    new PostgresMajor(17),
                    "17.4",
                    "0.1.0",
                    "pgpitr",
                    backup.time(),
                    backup.time().plusSeconds(60),
                    new TimelineId(timeline),
                    SIZE.start(first).plus(0x28),
                    SIZE.start(last).plus(0x2000),
                    SIZE,
                    BackupSummary.Source.PRIMARY,
                    740,
                    741,
                    BackupSummary.Checksums.ON,
                    List.of(),
                    List.of(),
                    manifest.files(),
                    manifest.originalBytes(),
                    lanes.stream().mapToLong(LaneTotals::storedBytes).sum(),
                    lanes.size());
            manifest.commit(summary, lanes);
            return summary;
        } finally {
            uploads.shutdownNow();
        }
    }

    private LaneTotals lane(
            BackupId id, int number, List<String> paths, ExecutorService uploads, ManifestWriter manifest) {
        try (LaneWriter lane = new LaneWriter(generation, id, number, uploads)) {
            for (String path : paths) {
                byte[] content = files.get(path);
                ManifestEntry entry = ManifestEntry.file(path, content.length, 0600, id.time());
                manifest.add(entry.at(lane.begin(entry))
                        .withSha256(Sha256.of(path.equals(wronglyListed) ? new byte[] {1} : content)));
                lane.write(content, 0, content.length);
                lane.end();
            }
            return lane.finish();
        }
    }

    static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Pages with right checksums, older than any backup here. */
    static byte[] pages(long seed, int count) {
        byte[] pages = random(seed, count * PAGE);
        for (int i = 0; i < count; i++) {
            ByteBuffer page = ByteBuffer.wrap(pages, i * PAGE, PAGE).slice().order(ByteOrder.LITTLE_ENDIAN);
            page.putInt(0, 0).putInt(4, 0x1000).putShort(14, (short) 64);
            page.putShort(8, (short) PageChecksum.compute(pages, i * PAGE, PAGE, i));
        }
        return pages;
    }

    static byte[] control(SystemIdentifier system) {
        ByteBuffer file = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(0, system.value()).putInt(8, 1700).putInt(12, 202406281).putInt(16, 6);
        file.putInt(48, 1).putInt(52, 1).putInt(216, PAGE).putInt(220, 131072).putInt(224, PAGE);
        file.putInt(228, SIZE.bytes()).putInt(252, 1);
        CRC32C crc = new CRC32C();
        crc.update(file.array(), 0, 288);
        file.putInt(288, (int) crc.getValue());
        return file.array();
    }

    // What a wrecker does

    byte[] bytes(ObjectKey key) {
        return StoredBytes.of(store, key);
    }

    void put(ObjectKey key, byte[] bytes) {
        StoredBytes.put(store, key, bytes);
    }

    void flip(ObjectKey key, int at) {
        byte[] bytes = bytes(key).clone();
        bytes[at] ^= 4;
        put(key, bytes);
    }

    void flip(ObjectKey key) {
        flip(key, bytes(key).length / 2);
    }

    void cut(ObjectKey key, int by) {
        byte[] bytes = bytes(key);
        put(key, java.util.Arrays.copyOf(bytes, bytes.length - by));
    }

    void lose(ObjectKey key) {
        if (store.stat(key).isEmpty()) {
            throw new IllegalArgumentException("there is no " + key);
        }
        store.delete(List.of(key));
    }

    List<ObjectKey> keys() {
        List<ObjectKey> keys = new ArrayList<>();
        store.list("", (key, stat) -> {
            keys.add(key);
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return keys;
    }

    // What is asked of it

    static VerifyOptions options(Depth depth) {
        return options(depth, Optional.empty());
    }

    static VerifyOptions options(Depth depth, Optional<Path> state) {
        return new VerifyOptions(
                depth, OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 2, state);
    }

    VerifyReport verify(Depth depth) {
        return new VerifyTask(repository(store), options(depth), Progress.NONE, CLOCK).run();
    }

    /** The window, with what a whole verification found counted as missing. */
    WindowAnswer.Known window() {
        return (WindowAnswer.Known)
                new WindowReader(generation, CLOCK, verify(new Depth.Full()).damage(1), segments -> {})
                        .read(WindowReader.Depth.CONTENTS);
    }

    /** By what the index and the WAL tell. */
    RecoveryDecision planByIndex(RecoveryRequest request) {
        RecoveryFacts facts = RecoveryFactsReader.read(generation, CLOCK);
        try (ArchivedStops stops = new ArchivedStops(
                generation, facts.wal(), ArchiveListing.begin(generation).rolledUp(), segments -> {})) {
            return WholeBackups.decide(generation, facts, request, stops);
        }
    }

    RecoveryDecision plan(RecoveryRequest request) {
        return WholeBackups.decide(
                generation, RecoveryFactsReader.read(generation, CLOCK), request, StopSearch.NAMES_ALONE);
    }

    /** Puts a segment of timeline 1 of another cluster, of system identifier 4711, in the place of this one's. */
    WalSegmentName putAnotherClusters(long number) {
        WalSegmentName name = segment(1, number);
        lose(key(name));
        archive(
                name,
                new MadeWal(identity(1, new SystemIdentifier(4711)), number, 5)
                        .fill(1)
                        .segments()
                        .get(name));
        return name;
    }
}
