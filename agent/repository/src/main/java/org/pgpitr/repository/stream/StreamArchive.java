package org.pgpitr.repository.stream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.codec.Codec;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** The pieces of one generation. Safe for several threads. */
public final class StreamArchive {
    private final Generation generation;
    private final ObjectStore store;
    private final RepositoryLayout layout;
    private final Codec codec;
    private final WalSegmentSize size;

    public StreamArchive(Generation generation) {
        this.generation = generation;
        this.store = generation.store();
        this.layout = generation.layout();
        this.codec = generation.codec();
        this.size = generation.identity().segmentSize();
    }

    /** Where a piece is stored. */
    public ObjectKey key(Piece piece) {
        return layout.piece(piece.timeline(), piece.from(), piece.to());
    }

    /**
     * Stores a piece, once. When this returns, it is durable. The same again is success.
     *
     * @throws PgpitrException WAL_CONFLICT if that range is stored with another content; CORRUPT if what is stored there
     *     can't be told; USAGE if the configured recipients do not fit the generation
     */
    public void put(Piece piece, Content bytes) {
        if (bytes.length() != piece.length()) {
            throw new IllegalArgumentException(bytes.length() + " bytes for " + piece);
        }
        try (Encoded encoded = codec.encodeFile(piece.tagName(), bytes)) {
            if (store.putIfAbsent(key(piece), encoded.content()) == ObjectStore.PutResult.EXISTS) {
                requireSame(piece, encoded.tag().orElseThrow().sha256());
            }
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT, "can't read what was received of " + piece + ": " + e.getMessage(), null, e);
        }
    }

    /**
     * Holds a stored piece against the same range of WAL as the server sends it. Needs no key.
     *
     * @param sha256 of that range, in hexadecimal
     * @return whether the piece is there; false if it was deleted meanwhile
     * @throws PgpitrException WAL_CONFLICT if the piece holds something else
     */
    public boolean requireSame(Piece piece, String sha256) {
        Optional<InputStream> stored = store.open(key(piece), ByteRange.first(Codec.TAG_PREFIX));
        if (stored.isEmpty()) {
            return false;
        }
        try (InputStream in = stored.get()) {
            if (!codec.sha256(key(piece), in.readNBytes(Codec.TAG_PREFIX)).equals(sha256)) {
                throw Conflicts.withServer(piece);
            }
            return true;
        } catch (IOException e) {
            throw notRead(key(piece), e);
        }
    }

    /** The pieces of a segment, in order, as their names tell. */
    public List<Piece> pieces(WalSegmentName segment) {
        List<Piece> found = new ArrayList<>();
        Lsn end = segment.end(size);
        store.listAfter(
                layout.streamPrefix(segment.timeline()),
                layout.beforePieces(segment.timeline(), segment.start(size)),
                (key, stat) -> {
                    Optional<Piece> piece = Piece.at(layout, size, key);
                    if (piece.isPresent() && !piece.get().from().isBefore(end)) {
                        return ObjectStore.ListVisitor.Next.STOP;
                    }
                    piece.ifPresent(found::add);
                    return ObjectStore.ListVisitor.Next.CONTINUE;
                });
        return found;
    }

    /** A piece and its object. */
    public record Stored(Piece piece, ObjectStat stat) {}

    /** All pieces by the segments they are parts of, in order. */
    public SortedMap<WalSegmentName, List<Stored>> stored() {
        SortedMap<WalSegmentName, List<Stored>> found = new TreeMap<>();
        store.list(layout.streamPrefix(), (key, stat) -> {
            Piece.at(layout, size, key)
                    .ifPresent(piece -> found.computeIfAbsent(piece.segment(size), s -> new ArrayList<>())
                            .add(new Stored(piece, stat)));
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return found;
    }

    /** All pieces by the segments they are parts of, in order. */
    public SortedMap<WalSegmentName, List<Piece>> pieces() {
        SortedMap<WalSegmentName, List<Piece>> found = new TreeMap<>();
        stored().forEach((segment, stored) ->
                found.put(segment, stored.stream().map(Stored::piece).toList()));
        return found;
    }

    /**
     * How far each segment is covered from its start on without a gap; segments of which only later bytes are there
     * are left out. Whether the segment itself is archived does not matter.
     */
    public SortedMap<WalSegmentName, Lsn> ends() {
        SortedMap<WalSegmentName, Lsn> ends = new TreeMap<>();
        pieces().forEach((segment, pieces) -> {
            PieceChain chain = PieceChain.from(segment.start(size), pieces);
            if (!chain.pieces().isEmpty()) {
                ends.put(segment, chain.end());
            }
        });
        return ends;
    }

    /** Where the stream ends; empty if there are no pieces of a segment that is not archived. */
    public Optional<StreamEnd> end() {
        List<Map.Entry<WalSegmentName, List<Stored>>> newestFirst = new ArrayList<>(stored().entrySet());
        Collections.reverse(newestFirst);
        WalArchive archive = new WalArchive(generation);
        for (Map.Entry<WalSegmentName, List<Stored>> of : newestFirst) {
            Lsn end = PieceChain.from(
                            of.getKey().start(size),
                            of.getValue().stream().map(Stored::piece).toList())
                    .end();
            if (end.isAfter(of.getKey().start(size)) && !archive.contains(of.getKey())) {
                return of.getValue().stream()
                        .filter(stored -> stored.piece().to().equals(end))
                        .map(stored -> stored.stat().modified())
                        .min(Comparator.naturalOrder())
                        .map(time -> new StreamEnd(of.getKey().timeline(), end, time));
            }
        }
        return Optional.empty();
    }

    /**
     * Deletes pieces whose segment is archived, or which others cover.
     *
     * @return those that the store refuses to delete; they do no harm
     */
    public Set<Piece> delete(Collection<Piece> pieces) {
        if (pieces.isEmpty()) {
            return Set.of();
        }
        Set<ObjectKey> kept =
                store.delete(pieces.stream().map(this::key).toList()).survivors();
        Set<Piece> survivors = new LinkedHashSet<>(pieces);
        survivors.removeIf(piece -> !kept.contains(key(piece)));
        return survivors;
    }

    /**
     * Puts the longest unbroken chain of a segment's pieces together, beside the place where the segment is to go. All
     * pieces that touch the chain are read and verified, and have to agree where they overlap.
     *
     * @return the segment, filled up with zeros to its full size; empty if there is no piece of its beginning. The
     *     caller closes it.
     * @throws PgpitrException WAL_CONFLICT if pieces contradict each other; CORRUPT, NO_KEY; USAGE if it can't be
     *     written there
     * @throws StorageException also if the pieces keep changing while they are read
     */
    public Optional<StreamedSegment> assemble(WalSegmentName segment, Path destination) {
        return new SegmentAssembly(generation, this).assemble(segment, destination);
    }

    /** A piece's object; empty if the store says that it is gone. */
    Optional<InputStream> open(Piece piece) {
        return store.open(key(piece));
    }

    StorageException notRead(ObjectKey key, IOException cause) {
        return new StorageException(
                StorageException.Kind.UNAVAILABLE,
                "can't read " + key + " in " + store.location() + ": " + cause.getMessage(),
                cause);
    }
}
