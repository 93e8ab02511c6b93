package org.pgpitr.repository;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.ObjectStore;

/** The place of one cluster in one store: its generations, oldest first. Safe for several threads. */
public final class Repository {
    private final ObjectStore store;
    private final ClusterName name;
    private final Keys keys;
    private final int compressionLevel;

    /** @param compressionLevel of zstd, see {@link org.pgpitr.repository.codec.Codec} */
    public Repository(ObjectStore store, ClusterName name, Keys keys, int compressionLevel) {
        this.store = store;
        this.name = name;
        this.keys = keys;
        this.compressionLevel = compressionLevel;
    }

    public ObjectStore store() {
        return store;
    }

    public ClusterName name() {
        return name;
    }

    /** All generations, oldest first; empty before {@code init}. */
    public List<ClusterIdentity> generations() {
        throw new UnsupportedOperationException();
    }

    /**
     * The newest generation.
     *
     * @throws org.pgpitr.error.PgpitrException NO_REPOSITORY if there is none
     */
    public Generation current() {
        throw new UnsupportedOperationException();
    }

    /**
     * A generation by its number, counted from 1.
     *
     * @throws org.pgpitr.error.PgpitrException NO_REPOSITORY if there is none of that number
     */
    public Generation generation(int number) {
        throw new UnsupportedOperationException();
    }

    /** The newest generation of the cluster of that system identifier; empty if it has none here. */
    public Optional<Generation> of(SystemIdentifier systemIdentifier) {
        throw new UnsupportedOperationException();
    }

    /**
     * Opens a generation. Of several callers at once one creates it and the others find it.
     *
     * @param wanted its {@code generation} is the number to be created: 1, or one more than the newest
     * @return the generation, new, or of the same cluster and encryption if that is there already
     * @throws org.pgpitr.error.PgpitrException USAGE if another cluster, or another encryption, has that number, or if
     *     it is to be encrypted and no recipient is configured
     */
    public Generation create(ClusterIdentity wanted) {
        throw new UnsupportedOperationException();
    }
}
