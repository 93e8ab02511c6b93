package org.pgpitr.repository.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.StorageException;

/**
 * The backups of one generation. What has a manifest is a backup; other objects are what an interrupted one left, or
 * belong to one that is being taken.
 *
 * <p>All methods fail with a {@link StorageException} if the store does not answer.
 */
public final class BackupCatalog {
    /** The name of the lease under which backups are taken and deleted. */
    public static final String LEASE = "backup";

    /** What that lease is for when backups are deleted that a retention policy does not keep. */
    public static final String EXPIRY = "expire";

    /** Each takes a short answer of the store; there may be some hundred. */
    private static final int READERS = 64;
    /** Of one backup, in a listing of all: half of what a store gives in one answer. */
    private static final int MANY_OBJECTS = 500;

    private static final int DELETE_BATCH = 1000;

    private final Generation generation;

    public BackupCatalog(Generation generation) {
        this.generation = generation;
    }

    /**
     * All backups.
     *
     * @param backups those whose manifest can be read, oldest first
     * @param unreadable the others, oldest first: nothing but the reason, and what the store itself knows
     */
    public record Listing(List<BackupSummary> backups, List<Unreadable> unreadable) {
        public Listing {
            backups = List.copyOf(backups);
            unreadable = List.copyOf(unreadable);
        }
    }

    /**
     * A backup whose manifest can't be read here.
     *
     * @param id its identifier, which tells when it began
     * @param finished when its manifest was stored, by the store's clock
     * @param reason NO_KEY where this host has no key for it; CORRUPT where the manifest is damaged
     */
    public record Unreadable(BackupId id, Instant finished, PgpitrException reason) {}

    /** Lists the backups. Needs the private key of an encrypted generation to tell more than identifiers. */
    public Listing list() {
        List<BackupSummary> backups = new ArrayList<>();
        List<Unreadable> unreadable = new ArrayList<>();
        for (Optional<Object> found : Threads.each(ids(), READERS, "reading manifests", this::read)) {
            Object read = found.orElse(null);
            if (read instanceof BackupSummary summary) {
                backups.add(summary);
            } else if (read instanceof Unreadable damaged) {
                unreadable.add(damaged);
            }
        }
        return new Listing(backups, unreadable);
    }

    private Optional<Object> read(BackupId id) {
        try {
            return ManifestReader.find(generation, id).map(Object.class::cast);
        } catch (PgpitrException e) {
            // deleted meanwhile
            return manifest(id).map(stat -> new Unreadable(id, stat.modified(), e));
        }
    }

    /**
     * One backup's totals.
     *
     * @throws PgpitrException USAGE if there is none of that identifier; CORRUPT; NO_KEY
     */
    public BackupSummary find(BackupId id) {
        return ManifestReader.summary(generation, id);
    }

    /** Whether there is a backup of that identifier: whether it has a manifest. Needs no key. */
    public boolean contains(BackupId id) {
        return manifest(id).isPresent();
    }

    /** Whether there is a backup of that identifier, or anything that one has left. */
    public boolean isTaken(BackupId id) {
        List<BackupId> found = new ArrayList<>();
        generation.store().list(generation.layout().backupPrefix(id.value()), (key, stat) -> {
            found.add(id);
            return Next.STOP;
        });
        return !found.isEmpty();
    }

    /**
     * Identifiers below which there are objects but no manifest: backups that were interrupted, and the one that is
     * being taken, if any; and what holds an {@link #unknown} object. Oldest first.
     */
    public List<BackupId> interrupted() {
        return ids().stream().filter(id -> manifest(id).isEmpty()).toList();
    }

    /**
     * An object of a backup that is not known here, if there is any. Without a manifest that is known it may be a backup all
     * the same, of a newer version: {@link #cleanUp} is not for it.
     */
    public Optional<ObjectKey> unknown(BackupId id) {
        List<ObjectKey> found = new ArrayList<>();
        generation.store().list(generation.layout().backupPrefix(id.value()), (key, stat) -> {
            if (generation.layout().isKnown(id.value(), key)) {
                return Next.CONTINUE;
            }
            found.add(key);
            return Next.STOP;
        });
        return found.stream().findFirst();
    }

    /**
     * Stores a manifest, which makes a backup of what is stored already. A process that was suspended may lose the
     * lease unawares, and who took it over deletes what stands there without a manifest; so the lease is confirmed
     * once more behind the manifest, which is taken back if that fails.
     *
     * @param held the lease {@link #LEASE}
     * @throws PgpitrException LOCKED if the lease is lost; otherwise as {@link ManifestWriter#commit}
     */
    public void commit(ManifestWriter manifest, BackupSummary summary, List<LaneTotals> lanes, Lease held) {
        confirm(held);
        manifest.commit(summary, lanes);
        try {
            confirm(held);
        } catch (PgpitrException | StorageException e) {
            takeBack(summary.id(), e);
            throw e;
        }
    }

    private void takeBack(BackupId id, RuntimeException why) {
        ObjectKey manifest = generation.layout().manifest(id.value());
        try {
            if (generation.store().delete(List.of(manifest)).isComplete()) {
                return;
            }
        } catch (StorageException e) {
            why.addSuppressed(e);
        }
        if (why instanceof StorageException) {
            // The store went away just behind the manifest: nothing says that the lease was lost.
            return;
        }
        throw new PgpitrException(
                ExitCode.LOCKED,
                "backup " + id + " may be incomplete, and its manifest can't be deleted: " + why.getMessage(),
                "delete object " + manifest + " in " + generation.store().location() + ", and take the backup again",
                why);
    }

    /**
     * Deletes what an interrupted backup left, but for objects that are not known here.
     *
     * @param held the lease {@link #LEASE}: while it is held here, no other process takes a backup
     * @return what the store refuses to delete
     * @throws PgpitrException LOCKED if the lease is lost
     */
    public DeleteResult cleanUp(BackupId id, Lease held) {
        confirm(held);
        if (manifest(id).isPresent()) {
            throw new IllegalArgumentException("backup " + id + " was not interrupted");
        }
        return deleteAll(id, held);
    }

    /**
     * Deletes a backup: first its manifest, so that it is never a damaged backup, then the rest, but for objects that are
     * not known here. Success if there is none.
     *
     * @param held the lease {@link #LEASE}
     * @return what the store refuses to delete; if the manifest is among it, nothing was deleted
     */
    public DeleteResult delete(BackupId id, Lease held) {
        DeleteResult manifest = deleteManifest(id, held);
        return manifest.isComplete() ? manifest.and(deleteAll(id, held)) : manifest;
    }

    /**
     * Makes a backup none; the rest is for {@link #cleanUp}. Success if there is none.
     *
     * @param held the lease {@link #LEASE}
     * @return the manifest if the store refuses to delete it
     */
    public DeleteResult deleteManifest(BackupId id, Lease held) {
        confirm(held);
        return generation.store().delete(List.of(generation.layout().manifest(id.value())));
    }

    private static void confirm(Lease held) {
        if (!held.name().equals(LEASE)) {
            throw new IllegalArgumentException("the lease \"" + held.name() + "\" does not protect backups");
        }
        held.confirm();
    }

    private DeleteResult deleteAll(BackupId id, Lease held) {
        Collection<ObjectKey> keys = new ArrayList<>();
        generation.store().list(generation.layout().backupPrefix(id.value()), (key, stat) -> {
            if (generation.layout().isKnown(id.value(), key)) {
                keys.add(key);
            }
            return Next.CONTINUE;
        });
        DeleteResult result = DeleteResult.COMPLETE;
        List<ObjectKey> batch = new ArrayList<>();
        for (ObjectKey key : keys) {
            batch.add(key);
            if (batch.size() == DELETE_BATCH) {
                held.renew();
                result = result.and(generation.store().delete(batch));
                batch.clear();
            }
        }
        if (!batch.isEmpty()) {
            result = result.and(generation.store().delete(batch));
        }
        return result;
    }

    private Optional<ObjectStat> manifest(BackupId id) {
        return generation.store().stat(generation.layout().manifest(id.value()));
    }

    /** All identifiers, oldest first, without listing the data objects, of which there may be hundreds of thousands. */
    private List<BackupId> ids() {
        Set<String> names = new LinkedHashSet<>();
        String prefix = generation.layout().backupPrefix();
        String many = names(prefix, null, names);
        while (many != null) {
            many = names(prefix, ObjectKey.of(prefix + many + "/zzz"), names);
        }
        return names.stream().flatMap(name -> BackupId.tryParse(name).stream()).toList();
    }

    /**
     * Adds what follows the prefix up to the next slash, in the keys behind {@code after}; leaves off where it is the same
     * in too many: then it is quicker to go on behind it.
     *
     * @return where it left off; null at the end
     */
    private String names(String prefix, ObjectKey after, Set<String> names) {
        String[] left = new String[1];
        int[] count = new int[1];
        ListVisitor visitor = (key, stat) -> {
            String name = key.value().substring(prefix.length()).split("/", 2)[0];
            count[0] = names.add(name) ? 1 : count[0] + 1;
            left[0] = count[0] == MANY_OBJECTS ? name : null;
            return count[0] == MANY_OBJECTS ? Next.STOP : Next.CONTINUE;
        };
        if (after == null) {
            generation.store().list(prefix, visitor);
        } else {
            generation.store().listAfter(prefix, after, visitor);
        }
        return left[0];
    }
}
