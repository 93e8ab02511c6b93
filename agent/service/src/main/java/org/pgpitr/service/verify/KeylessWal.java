package org.pgpitr.service.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.codec.Codec;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** What can be told of an encrypted WAL object without a key: that it begins as one, with the digest of its file. */
final class KeylessWal {
    private final Generation generation;
    private final Findings findings;

    KeylessWal(Generation generation, Findings findings) {
        this.generation = generation;
        this.findings = findings;
    }

    /** Whether nothing was found. */
    boolean check(WalFileName name) {
        ObjectKey key = generation.layout().wal(name);
        Optional<InputStream> stored = generation.store().open(key, ByteRange.first(Codec.TAG_PREFIX));
        if (stored.isEmpty()) {
            return true;
        }
        try (InputStream in = stored.get()) {
            generation.codec().sha256(key, in.readNBytes(Codec.TAG_PREFIX));
            return true;
        } catch (PgpitrException e) {
            findings.add(new WalFinding.WalDamaged(name, key, e.getMessage(), Optional.empty()));
            return false;
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    "can't read " + key + " in " + generation.store().location() + ": " + e.getMessage(),
                    e);
        }
    }
}
