package org.pgpitr.repository;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.codec.Codec;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** The place of one cluster in one store: its generations, oldest first. Safe for several threads. */
public final class Repository {
    private static final int MAX_IDENTITY = 1 << 16;

    private final ObjectStore store;
    private final ClusterName name;
    private final Keys keys;
    private final int compressionLevel;

    /** @param compressionLevel of zstd, see {@link Codec} */
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

    public Keys keys() {
        return keys;
    }

    /** Of zstd, for what is written. */
    public int compressionLevel() {
        return compressionLevel;
    }

    /** All generations, oldest first; empty before {@code init}. */
    public List<ClusterIdentity> generations() {
        List<ClusterIdentity> all = new ArrayList<>();
        // Mostly there is one, and that there is no second is asked beside it.
        for (Optional<ClusterIdentity> begin : Threads.each(List.of(1, 2), 2, "reading identities", this::read)) {
            if (begin.isEmpty()) {
                return all;
            }
            all.add(begin.get());
        }
        for (Optional<ClusterIdentity> next = read(3); next.isPresent(); next = read(all.size() + 1)) {
            all.add(next.get());
        }
        return all;
    }

    /**
     * The newest generation.
     *
     * @throws PgpitrException NO_REPOSITORY if there is none
     */
    public Generation current() {
        List<ClusterIdentity> all = generations();
        if (all.isEmpty()) {
            throw nothingHere();
        }
        return open(all.get(all.size() - 1));
    }

    private PgpitrException nothingHere() {
        return new PgpitrException(
                ExitCode.NO_REPOSITORY,
                "there is no cluster \"" + name + "\" in " + store.location(),
                "run `pgpitr init` on the cluster's host, or check `name` in [cluster] and `url` in [[repository]]");
    }

    /**
     * A generation by its number, counted from 1.
     *
     * @throws PgpitrException NO_REPOSITORY if there is none of that number
     */
    public Generation generation(int number) {
        return open(read(number)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.NO_REPOSITORY,
                        "there is no generation " + number + " of cluster \"" + name + "\" in " + store.location(),
                        "`pgpitr list` shows the generations there are")));
    }

    /**
     * The generation of that number, if it is the wanted cluster's and encrypted so; else the newest that is. Numbers
     * are counted in each repository by itself, so the same one may be another cluster's here.
     *
     * @return empty if there are generations, and none is that cluster's with that encryption
     * @throws PgpitrException NO_REPOSITORY if there is no generation at all
     */
    public Optional<Generation> find(int number, SystemIdentifier systemIdentifier, Encryption encryption) {
        Predicate<ClusterIdentity> wanted =
                identity -> identity.systemIdentifier().equals(systemIdentifier) && identity.encryption() == encryption;
        Optional<ClusterIdentity> numbered = read(number).filter(wanted);
        if (numbered.isPresent()) {
            return numbered.map(this::open);
        }
        List<ClusterIdentity> all = generations();
        if (all.isEmpty()) {
            throw nothingHere();
        }
        return all.stream().filter(wanted).reduce((older, newer) -> newer).map(this::open);
    }

    /** The newest generation of the cluster of that system identifier; empty if it has none here. */
    public Optional<Generation> of(SystemIdentifier systemIdentifier) {
        return all(systemIdentifier).stream().findFirst();
    }

    /** All generations of the cluster of that system identifier, the newest first; none if it has none here. */
    public List<Generation> all(SystemIdentifier systemIdentifier) {
        List<Generation> found = new ArrayList<>();
        for (ClusterIdentity identity : generations()) {
            if (identity.systemIdentifier().equals(systemIdentifier)) {
                found.add(0, open(identity));
            }
        }
        return found;
    }

    /**
     * Opens a generation. Of several callers at once one creates it and the others find it.
     *
     * @param wanted its {@code generation} is the number to be created: 1, or one more than the newest
     * @return the generation, new, or of the same cluster and encryption if that is there already
     * @throws PgpitrException USAGE if another cluster, or another encryption, has that number, or if the configured
     *     recipients do not fit the encryption
     */
    public Generation create(ClusterIdentity wanted) {
        Generation generation = open(wanted);
        generation.codec().requireWritable();
        if (wanted.generation() > 1 && read(wanted.generation() - 1).isEmpty()) {
            throw new IllegalArgumentException("there is no generation before " + wanted.generation());
        }
        ObjectKey key = RepositoryLayout.identity(name, wanted.generation());
        return switch (store.putIfAbsent(key, Content.of(IdentityJson.write(wanted)))) {
            case CREATED -> generation;
            case EXISTS -> sameAs(wanted, generation(wanted.generation()));
        };
    }

    private Generation sameAs(ClusterIdentity wanted, Generation existing) {
        ClusterIdentity there = existing.identity();
        if (!there.isOfSameCluster(wanted)) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    existing + " belongs to another cluster: there " + there.describe() + ", here " + wanted.describe(),
                    "choose another `name` in [cluster]; after a major upgrade of this cluster run `pgpitr init "
                            + "--upgrade`");
        }
        existing.codec().requireWritable();
        return existing;
    }

    private Generation open(ClusterIdentity identity) {
        return new Generation(
                store,
                RepositoryLayout.of(name, identity),
                identity,
                new Codec(identity.encryption(), keys, compressionLevel));
    }

    private Optional<ClusterIdentity> read(int number) {
        ObjectKey key = RepositoryLayout.identity(name, number);
        Optional<InputStream> stored = store.open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = stored.get()) {
            ClusterIdentity identity = IdentityJson.read(key, in.readNBytes(MAX_IDENTITY));
            if (identity.generation() != number) {
                throw new PgpitrException(
                        ExitCode.CORRUPT,
                        "object " + key + " is damaged: it tells of generation " + identity.generation(),
                        "put the object back from another copy of the repository");
            }
            return Optional.of(identity);
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE, "can't read " + key + " in " + store.location() + ": " + e, e);
        }
    }
}
