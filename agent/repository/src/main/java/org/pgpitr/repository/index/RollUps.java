package org.pgpitr.repository.index;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** The roll-ups that a repository holds. Safe for several threads. */
final class RollUps {
    private static final int MAX_LENGTH = 64 << 20;

    /** Many may be asked for at a time; taken apart they are large, and so many are so at a time. */
    private static final int APART = 8;

    private final Generation generation;
    private final WalSegmentSize size;
    private final Semaphore apart = new Semaphore(APART);

    RollUps(Generation generation) {
        this.generation = generation;
        this.size = generation.identity().segmentSize();
    }

    private ObjectKey key(Level level, TimelineId timeline, long first) {
        return generation.layout().rollUp(level.segments(), WalSegmentName.of(timeline, first, size));
    }

    /** The first segments of all groups of a level that have a roll-up, from a segment to another one. */
    Set<Long> present(Level level, TimelineId timeline, long from, long to) {
        String prefix = generation.layout().rollUpPrefix(level.segments(), timeline);
        Set<Long> present = new HashSet<>();
        generation.store().listAfter(prefix, before(level, timeline, level.first(from)), (key, stat) -> {
            Optional<WalSegmentName> segment = at(key).map(RepositoryLayout.RollUpObject::first);
            if (segment.isEmpty()) {
                return ObjectStore.ListVisitor.Next.CONTINUE;
            }
            long number = segment.get().number(size);
            if (number > to) {
                return ObjectStore.ListVisitor.Next.STOP;
            }
            present.add(number);
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return present;
    }

    /** What a key says of a roll-up; empty if it is none of this cluster's. */
    Optional<RepositoryLayout.RollUpObject> at(ObjectKey key) {
        return generation.layout().rollUpAt(key).filter(rollUp -> rollUp.first().fits(size));
    }

    /** Sorts before the roll-up of that segment, and behind those of earlier ones. */
    ObjectKey before(Level level, TimelineId timeline, long segment) {
        return ObjectKey.of(generation.layout().rollUpPrefix(level.segments(), timeline)
                + WalSegmentName.of(timeline, segment, size));
    }

    /** Whether each group of a block is rolled up. */
    boolean hasAllGroups(TimelineId timeline, long block) {
        return present(Level.GROUP, timeline, block, block + Level.BLOCK.segments() - 1)
                        .size()
                == Level.BLOCK.entries();
    }

    /**
     * A roll-up.
     *
     * @return empty if there is none, or one that this version can't use: the WAL tells the same
     * @throws PgpitrException NO_KEY
     */
    Optional<RollUp> read(Level level, TimelineId timeline, long first) {
        return read(level, timeline, first, rollUp -> rollUp);
    }

    /** As {@link #read(Level, TimelineId, long)}, of which only so much is kept as {@code kept} takes of it. */
    <T> Optional<T> read(Level level, TimelineId timeline, long first, Function<RollUp, T> kept) {
        ObjectKey key = key(level, timeline, first);
        Optional<InputStream> stored = generation.store().open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = stored.get()) {
            apart.acquire();
            try {
                return Optional.of(kept.apply(parse(key, in, level, WalSegmentName.of(timeline, first, size))));
            } finally {
                apart.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Kind.INTERRUPTED, "interrupted while reading " + key, e);
        } catch (InvalidFormatException e) {
            return Optional.empty();
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.CORRUPT) {
                return Optional.empty();
            }
            throw e;
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    "can't read " + key + " in " + generation.store().location() + ": " + e.getMessage(),
                    e);
        }
    }

    private RollUp parse(ObjectKey key, InputStream stored, Level level, WalSegmentName first) throws IOException {
        try (InputStream in = generation.codec().decode(key, stored)) {
            return parse(in.readNBytes(MAX_LENGTH), level, first);
        }
    }

    /** @throws InvalidFormatException if it is not the roll-up of that group of this cluster */
    RollUp parse(byte[] bytes, Level level, WalSegmentName first) {
        return RollUp.parse(bytes, generation.identity().systemIdentifier(), level, first, size);
    }

    /** Writes a roll-up, once. */
    void write(Level level, TimelineId timeline, long first, RollUp rollUp) {
        ObjectKey key = key(level, timeline, first);
        try (Encoded encoded = generation
                .codec()
                .encode(Content.of(rollUp.write(generation.identity().systemIdentifier())))) {
            generation.store().putIfAbsent(key, encoded.content());
        } catch (IOException e) {
            throw new IllegalStateException("memory can't fail", e);
        }
    }

    /** Deletes a roll-up that can't be used, so that it can be made again. */
    void delete(Level level, TimelineId timeline, long first) {
        generation.store().delete(Set.of(key(level, timeline, first)));
    }
}
