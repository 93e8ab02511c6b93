package org.pgpitr.repository.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout.CapturedNames;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.StorageException;

/** The names that were captured between backups. {@link CatalogWriter#storeIfNew} adds to them. */
public final class CapturedCatalogs {
    private final Generation generation;

    public CapturedCatalogs(Generation generation) {
        this.generation = generation;
    }

    /** All of them, by timeline, each timeline's in the order of the WAL. */
    public List<CapturedNames> list() {
        return list(generation.layout().capturedNamesPrefix());
    }

    /** The newest ones of a timeline. */
    public Optional<CapturedNames> newest(TimelineId timeline) {
        List<CapturedNames> all = list(generation.layout().capturedNamesPrefix() + timeline.hex() + "/");
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    private List<CapturedNames> list(String prefix) {
        List<CapturedNames> all = new ArrayList<>();
        generation.store().list(prefix, (key, stat) -> {
            generation.layout().capturedNamesAt(key).ifPresent(all::add);
            return Next.CONTINUE;
        });
        return all;
    }

    /**
     * The relations.
     *
     * @return empty if they were deleted meanwhile
     * @throws PgpitrException CORRUPT, NO_KEY
     * @throws StorageException if the store does not answer
     */
    public Optional<CapturedRelations> read(CapturedNames names) {
        ObjectKey key = generation.layout().capturedNames(names);
        return CatalogReader.read(generation, key, Optional.of(names.sha256()));
    }
}
