package org.pgpitr.repository;

import org.pgpitr.repository.codec.Codec;
import org.pgpitr.storage.ObjectStore;

/**
 * One generation of a cluster, opened: where its objects stand, whose they are, and how they are encoded.
 *
 * @param store where the repository is
 * @param layout the keys of this generation
 * @param identity whose it is
 * @param codec encodes and decodes this generation's objects
 */
public record Generation(ObjectStore store, RepositoryLayout layout, ClusterIdentity identity, Codec codec) {
    public int number() {
        return identity.generation();
    }

    /** For people: where it is, which cluster, which generation; without credentials. */
    @Override
    public String toString() {
        return "generation " + number() + " of cluster \"" + layout.cluster() + "\" in " + store.location();
    }
}
