package org.pgpitr.repository.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.codec.DecodedFile;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** Reads archived files; nothing it gives out is unverified. */
final class ArchivedFileReader {
    private static final int BUFFER = 1 << 17;
    /** A line of a history has at most some hundred bytes, and there is one a promotion. */
    private static final int MAX_HISTORY = 1 << 20;

    private final Generation generation;

    ArchivedFileReader(Generation generation) {
        this.generation = generation;
    }

    /** As {@link WalArchive#fetch}. */
    boolean fetch(WalFileName name, Path destination) {
        ObjectKey key = generation.layout().wal(name);
        Optional<DecodedFile> decoded = open(name, key);
        if (decoded.isEmpty()) {
            return false;
        }
        try (DecodedFile file = decoded.get();
                PlacedFile placed = new PlacedFile(destination)) {
            InputStream in = file.content();
            byte[] buffer = new byte[BUFFER];
            int n = in.readNBytes(buffer, 0, BUFFER);
            requireFit(name, key, file.tag().size(), buffer, n);
            for (; n > 0; n = in.readNBytes(buffer, 0, BUFFER)) {
                placed.write(buffer, n);
            }
            placed.place();
            return true;
        } catch (IOException e) {
            throw WalErrors.notRead(key, generation.store().location(), e);
        }
    }

    /** As {@link WalArchive#read}. */
    byte[] read(WalFileName name) {
        return find(name)
                .orElseThrow(() -> new StorageException(
                        StorageException.Kind.UNAVAILABLE,
                        "object " + generation.layout().wal(name) + " in "
                                + generation.store().location() + " was there and is gone"));
    }

    /** As {@link WalArchive#find}. */
    Optional<byte[]> find(WalFileName name) {
        ObjectKey key = generation.layout().wal(name);
        Optional<DecodedFile> decoded = open(name, key);
        if (decoded.isEmpty()) {
            return Optional.empty();
        }
        try (DecodedFile file = decoded.get()) {
            byte[] bytes = file.content().readAllBytes();
            requireFit(name, key, file.tag().size(), bytes, Math.min(bytes.length, BUFFER));
            return Optional.of(bytes);
        } catch (IOException e) {
            throw WalErrors.notRead(key, generation.store().location(), e);
        }
    }

    private void requireFit(WalFileName name, ObjectKey key, long size, byte[] buffer, int length) {
        SegmentCheck.misfit(name, generation.identity(), size, Arrays.copyOf(buffer, length))
                .ifPresent(misfit -> {
                    throw WalErrors.corrupt(name, key, "it " + misfit.what());
                });
    }

    /** A timeline's history; empty if the store says that there is none. */
    Optional<TimelineHistory> history(TimelineHistoryName name) {
        ObjectKey key = generation.layout().wal(name);
        Optional<DecodedFile> decoded = open(name, key);
        if (decoded.isEmpty()) {
            return Optional.empty();
        }
        try (DecodedFile file = decoded.get()) {
            byte[] text = file.content().readNBytes(MAX_HISTORY + 1);
            if (text.length > MAX_HISTORY) {
                throw WalErrors.corrupt(name, key, "it is too long to be a history");
            }
            return Optional.of(TimelineHistory.parse(name.timeline(), new String(text, StandardCharsets.UTF_8)));
        } catch (InvalidFormatException e) {
            throw WalErrors.corrupt(name, key, e.getMessage());
        } catch (IOException e) {
            throw WalErrors.notRead(key, generation.store().location(), e);
        }
    }

    /** The archived file, its tag read and held against its name. */
    private Optional<DecodedFile> open(WalFileName name, ObjectKey key) {
        Optional<InputStream> stored = generation.store().open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try {
            DecodedFile file = generation.codec().decodeFile(key, stored.get());
            if (!file.tag().file().equals(name.toString())) {
                file.close();
                throw WalErrors.corrupt(name, key, "it holds " + file.tag().file());
            }
            return Optional.of(file);
        } catch (IOException e) {
            throw WalErrors.notRead(key, generation.store().location(), e);
        }
    }
}
