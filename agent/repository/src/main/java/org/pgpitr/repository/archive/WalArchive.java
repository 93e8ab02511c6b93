package org.pgpitr.repository.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.codec.Codec;
import org.pgpitr.repository.codec.CompressedFile;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** The WAL of one generation. Safe for several threads. */
public final class WalArchive {
    /** What {@link #push} found. */
    public enum Pushed {
        /** It was not there; it is durable now. */
        STORED,
        /** The same content was there already. */
        ALREADY_THERE
    }

    /** So many are read at a time; there is one for each promotion. */
    private static final int HISTORIES = 32;

    private final Generation generation;
    private final ObjectStore store;
    private final RepositoryLayout layout;
    private final Codec codec;

    public WalArchive(Generation generation) {
        this.generation = generation;
        this.store = generation.store();
        this.layout = generation.layout();
        this.codec = generation.codec();
    }

    public Generation generation() {
        return generation;
    }

    /**
     * Archives a file, once. When this returns, the file is durable. Whether the file is what its name says is the
     * caller's to check ({@link SegmentCheck}).
     *
     * @throws PgpitrException WAL_CONFLICT if another content is archived under that name; CORRUPT if what is archived
     *     there can't be told, or the file can't be read; USAGE if the configured recipients do not fit the generation
     */
    public Pushed push(WalFileName name, Content file) {
        return push(name, file, new byte[0]);
    }

    /**
     * As {@link #push(WalFileName, Content)}, with what {@link SegmentInspection} says of the segment.
     *
     * @param summary stands in the segment's object; empty for none
     */
    public Pushed push(WalFileName name, Content file, byte[] summary) {
        try (Encoded encoded = codec.encodeFile(name.toString(), file, summary)) {
            return push(name, encoded);
        } catch (IOException e) {
            throw notRead(name, e);
        }
    }

    /** As {@link #push(WalFileName, Content, byte[])}, of a file that was compressed under its name before. */
    public Pushed push(WalFileName name, CompressedFile file, byte[] summary) {
        try (Encoded encoded = codec.encodeFile(file, summary)) {
            return push(name, encoded);
        }
    }

    private Pushed push(WalFileName name, Encoded encoded) {
        ObjectKey key = layout.wal(name);
        if (store.putIfAbsent(key, encoded.content()) == ObjectStore.PutResult.CREATED) {
            return Pushed.STORED;
        }
        String here = encoded.tag().orElseThrow().sha256();
        String archived = archivedDigest(key);
        if (!archived.equals(here)) {
            throw WalErrors.conflict(name, archived, here);
        }
        return Pushed.ALREADY_THERE;
    }

    /**
     * Keeps a segment that must not be archived, since its WAL is broken: as evidence, once, beside the archive.
     *
     * @return where it is
     */
    public ObjectKey keepBroken(WalSegmentName name, CompressedFile file) {
        try (Encoded encoded = codec.encodeFile(file, new byte[0])) {
            ObjectKey key = layout.broken(name, file.tag().sha256());
            store.putIfAbsent(key, encoded.content());
            return key;
        }
    }

    private static PgpitrException notRead(WalFileName name, IOException cause) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "can't read " + WalErrors.describe(name) + ": " + cause.getMessage(),
                "PostgreSQL will offer it again; if this stays so, look at the disk it is on",
                cause);
    }

    private String archivedDigest(ObjectKey key) {
        Optional<InputStream> stored = store.open(key, ByteRange.first(Codec.TAG_PREFIX));
        if (stored.isEmpty()) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    "object " + key + " in " + store.location() + " existed and was gone a moment later");
        }
        try (InputStream in = stored.get()) {
            return codec.sha256(key, in.readNBytes(Codec.TAG_PREFIX));
        } catch (IOException e) {
            throw WalErrors.notRead(key, store.location(), e);
        }
    }

    /**
     * Puts exactly that file in place: verified, flushed, renamed. Replaces a file that is there.
     *
     * @return false only if the store says that there is no such file
     * @throws PgpitrException CORRUPT, NO_KEY; USAGE if it can't be written
     */
    public boolean fetch(WalFileName name, Path destination) {
        return new ArchivedFileReader(generation).fetch(name, destination);
    }

    /**
     * A file that is known to be archived, whole and verified.
     *
     * @throws PgpitrException CORRUPT, NO_KEY
     * @throws StorageException if it is not there any more
     */
    public byte[] read(WalFileName name) {
        return new ArchivedFileReader(generation).read(name);
    }

    /**
     * A file, whole and verified.
     *
     * @return empty if the store says that there is none
     * @throws PgpitrException CORRUPT, NO_KEY
     */
    public Optional<byte[]> find(WalFileName name) {
        return new ArchivedFileReader(generation).find(name);
    }

    /** Whether that file is archived; a partial segment does not count for a whole one. */
    public boolean contains(WalFileName name) {
        return store.stat(layout.wal(name)).isPresent();
    }

    /**
     * All archived histories; that one is damaged is told of it alone.
     *
     * @throws PgpitrException NO_KEY
     */
    public ArchivedHistories histories() {
        List<TimelineHistoryName> names = new ArrayList<>();
        listHistories((name, stat) -> names.add(name));
        SortedMap<TimelineId, TimelineHistory> readable = new TreeMap<>();
        SortedMap<TimelineId, PgpitrException> damaged = new TreeMap<>();
        for (ReadHistory each : Threads.each(names, HISTORIES, "reading history files", this::read)) {
            each.history().ifPresent(history -> readable.put(each.timeline(), history));
            each.damage().ifPresent(damage -> damaged.put(each.timeline(), damage));
        }
        return new ArchivedHistories(readable, damaged);
    }

    private record ReadHistory(
            TimelineId timeline, Optional<TimelineHistory> history, Optional<PgpitrException> damage) {}

    private ReadHistory read(TimelineHistoryName name) {
        try {
            return new ReadHistory(name.timeline(), history(name), Optional.empty());
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
            return new ReadHistory(name.timeline(), Optional.empty(), Optional.of(e));
        }
    }

    /**
     * A timeline's history.
     *
     * @return empty if the store says that there is none
     * @throws PgpitrException CORRUPT, NO_KEY
     */
    public Optional<TimelineHistory> history(TimelineHistoryName name) {
        return new ArchivedFileReader(generation).history(name);
    }

    /** Shows every archived history by its name, unread. */
    public void listHistories(BiConsumer<TimelineHistoryName, ObjectStat> visitor) {
        store.list(layout.historyPrefix(), (key, stat) -> {
            if (layout.walFileAt(key).orElse(null) instanceof TimelineHistoryName name) {
                visitor.accept(name, stat);
            }
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
    }

    /**
     * Shows every file that stands among the segments: segments, partial segments, backup histories; in the order of
     * their keys.
     *
     * @return how many other objects stand there
     */
    public long list(BiConsumer<WalFileName, ObjectStat> visitor) {
        long[] others = new long[1];
        store.list(layout.walPrefix(), (key, stat) -> {
            Optional<WalFileName> name = layout.walFileAt(key)
                    .filter(file -> WalListing.fits(file, generation.identity().segmentSize()));
            name.ifPresentOrElse(file -> visitor.accept(file, stat), () -> others[0]++);
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return others[0];
    }

    /** All archived segments. */
    public ArchivedWal scan() {
        return scan(Map.of());
    }

    /**
     * All archived segments, and what pieces of a stream add to them.
     *
     * @param streamed how far pieces cover segments from their starts on; to be read before this is called, since
     *     pieces go when their segment is archived
     */
    public ArchivedWal scan(Map<WalSegmentName, Lsn> streamed) {
        WalSegmentSize size = generation.identity().segmentSize();
        WalListing listing = new WalListing(layout, size);
        store.list(layout.walPrefix(), listing);
        streamed.forEach(listing::streamed);
        return listing.result();
    }

    /**
     * As {@link #scan(Map)}, in several listings at a time.
     *
     * @param streamed as there
     * @param splits where one listing ends and the next begins, in order; they need not exist
     * @param threads runs the listings
     */
    public ArchivedWal scan(Map<WalSegmentName, Lsn> streamed, List<WalSegmentName> splits, ExecutorService threads) {
        WalSegmentSize size = generation.identity().segmentSize();
        List<Future<WalListing>> stretches = new ArrayList<>();
        for (int i = 0; i <= splits.size(); i++) {
            // As in scan(from): the bare name has no object and sorts before all that begin with it.
            Optional<ObjectKey> after = i == 0 ? Optional.empty() : Optional.of(bare(splits.get(i - 1)));
            Optional<ObjectKey> to = i == splits.size() ? Optional.empty() : Optional.of(bare(splits.get(i)));
            stretches.add(threads.submit(() -> {
                WalListing stretch = new WalListing(layout, size);
                list(after, to, stretch);
                return stretch;
            }));
        }
        WalListing listing = new WalListing(layout, size);
        stretches.forEach(stretch -> listing.addAll(Threads.result(stretch, "listing the archive")));
        streamed.forEach(listing::streamed);
        return listing.result();
    }

    private ObjectKey bare(WalSegmentName name) {
        return ObjectKey.of(layout.walPrefix(name) + name);
    }

    private void list(Optional<ObjectKey> after, Optional<ObjectKey> to, ObjectStore.ListVisitor visitor) {
        ObjectStore.ListVisitor part = (key, stat) -> to.isPresent() && key.compareTo(to.get()) > 0
                ? ObjectStore.ListVisitor.Next.STOP
                : visitor.visit(key, stat);
        if (after.isPresent()) {
            store.listAfter(layout.walPrefix(), after.get(), part);
        } else {
            store.list(layout.walPrefix(), part);
        }
    }

    /** The archived segments of one timeline, from {@code from} on. */
    public ArchivedWal scan(WalSegmentName from) {
        WalListing listing = new WalListing(layout, generation.identity().segmentSize());
        // The bare name has no object; it sorts before all that begin with it and behind those of earlier segments.
        store.listAfter(layout.walPrefix(from.timeline()), bare(from), listing);
        return listing.result();
    }
}
