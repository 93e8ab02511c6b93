package org.pgpitr.repository.lease;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;

/**
 * The right to do what only one process may do at a time with a generation of a cluster, such as taking a backup. The
 * store's compare-and-swap decides who has it.
 *
 * <p>A lease lasts {@link #TERM} unless it is renewed. It is taken over from a holder that has let it expire, and at
 * once from a process of this host that is dead. Hosts compare expiries with their own clocks, so clocks should agree
 * to a minute or so. May be used by several threads.
 */
public final class Lease implements AutoCloseable {
    /** How long a lease lasts after it was acquired or renewed. */
    public static final Duration TERM = Duration.ofMinutes(10);

    private static final int ATTEMPTS = 16;

    private final ObjectStore store;
    private final ObjectKey key;
    private final String name;
    private final Clock clock;
    private LeaseState state;
    private ObjectVersion version;
    private boolean open = true;

    private Lease(ObjectStore store, ObjectKey key, String name, Clock clock, LeaseState state, ObjectVersion version) {
        this.store = store;
        this.key = key;
        this.name = name;
        this.clock = clock;
        this.state = state;
        this.version = version;
    }

    /**
     * Takes a lease.
     *
     * @param name what it is for, such as {@code backup}; part of the object's key
     * @param purpose for people, such as {@code backup 20261121T004500Z}
     * @throws PgpitrException LOCKED if another process holds it; CORRUPT if the lease's object can't be understood
     */
    public static Lease acquire(Generation generation, String name, String purpose, LeaseHolder holder, Clock clock) {
        ObjectStore store = generation.store();
        ObjectKey key = generation.layout().lease(name);
        for (int i = 0; i < ATTEMPTS; i++) {
            Instant now = clock.instant();
            LeaseState wanted =
                    new LeaseState(UUID.randomUUID().toString(), true, purpose, holder, now, now.plus(TERM));
            Content content = Content.of(wanted.json());
            Optional<ObjectStat> stat = store.stat(key);
            if (stat.isEmpty()) {
                PutResult created = store.putIfAbsent(key, content);
                Optional<ObjectVersion> version = versionIfOurs(store, key, wanted);
                if (version.isPresent()) {
                    return new Lease(store, key, name, clock, wanted, version.get());
                }
                if (created == PutResult.CREATED) {
                    throw new StorageException(
                            StorageException.Kind.OTHER,
                            store.location() + ": " + key + " was created and is another's at once: the store does "
                                    + "not honour conditional writes");
                }
                continue;
            }
            Optional<LeaseState> current = read(store, key);
            if (current.isEmpty()) {
                continue;
            }
            if (isLive(current.get(), holder, now)) {
                throw locked(name, current.get());
            }
            Optional<ObjectVersion> version =
                    store.replace(key, content, stat.get().version());
            if (version.isEmpty()) {
                // a lost answer to our own replacement looks like another's success
                version = versionIfOurs(store, key, wanted);
            }
            if (version.isPresent()) {
                return new Lease(store, key, name, clock, wanted, version.get());
            }
        }
        throw new PgpitrException(
                ExitCode.LOCKED,
                "the lease \"" + name + "\" changes hands faster than it can be taken",
                "several processes want it at once; try again");
    }

    /** Who holds the lease of that name now, for people; empty if nobody does. */
    public static Optional<String> holderOf(Generation generation, String name, LeaseHolder here, Clock clock) {
        return read(generation.store(), generation.layout().lease(name))
                .filter(state -> isLive(state, here, clock.instant()))
                .map(Lease::describe);
    }

    /** What the lease of that name is held for now; empty if nobody holds it. */
    public static Optional<String> purposeOf(Generation generation, String name, LeaseHolder here, Clock clock) {
        return read(generation.store(), generation.layout().lease(name))
                .filter(state -> isLive(state, here, clock.instant()))
                .map(LeaseState::purpose);
    }

    /**
     * A lease as its object tells.
     *
     * @param name the lease's
     * @param key of its object
     * @param describe who holds or held it, and for what; for people
     * @param expires when it ends, or ended; a released one when it was released
     */
    public record Seen(String name, ObjectKey key, String describe, Instant expires) {}

    /**
     * All leases whose names begin with {@code prefix}, held or not.
     *
     * @throws PgpitrException CORRUPT if one of them can't be understood
     */
    public static List<Seen> list(Generation generation, String prefix) {
        String root = generation.layout().leasePrefix();
        List<ObjectKey> keys = new ArrayList<>();
        generation.store().list(root + prefix, (key, stat) -> {
            keys.add(key);
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        List<Seen> seen = new ArrayList<>();
        for (ObjectKey key : keys) {
            read(generation.store(), key)
                    .ifPresent(state -> seen.add(
                            new Seen(key.value().substring(root.length()), key, describe(state), state.expires())));
        }
        return seen;
    }

    private static boolean isLive(LeaseState state, LeaseHolder here, Instant now) {
        return state.held() && now.isBefore(state.expires()) && here.stateOf(state.holder()) != LeaseHolder.State.DEAD;
    }

    /**
     * Makes the lease last {@link #TERM} from now on. To be called often: it does nothing until a third of the term
     * is over.
     *
     * @throws PgpitrException LOCKED if another process has taken the lease over; what it protected must stop
     */
    public synchronized void renew() {
        Instant now = clock.instant();
        if (now.isBefore(state.expires().minus(TERM.multipliedBy(2).dividedBy(3)))) {
            return;
        }
        confirm();
    }

    /**
     * Makes sure that the lease is still this holder's and makes it last {@link #TERM} from now on; to be called just
     * before what can't be undone.
     *
     * @throws PgpitrException as {@link #renew}
     */
    public synchronized void confirm() {
        if (!open) {
            throw new IllegalStateException("the lease " + name + " is closed");
        }
        replace(state.until(clock.instant().plus(TERM)));
    }

    /** What the lease is for. */
    public String name() {
        return name;
    }

    /** Releases the lease, unless another process has taken it over meanwhile. */
    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        // replaced, not deleted: credentials that can't delete are enough
        LeaseState released = state.released(clock.instant());
        store.replace(key, Content.of(released.json()), version);
    }

    private void replace(LeaseState next) {
        Optional<ObjectVersion> replaced = store.replace(key, Content.of(next.json()), version);
        if (replaced.isEmpty()) {
            // perhaps an earlier replacement of ours whose answer was lost
            Optional<ObjectVersion> ours = versionIfOurs(store, key, state);
            if (ours.isPresent()) {
                replaced = store.replace(key, Content.of(next.json()), ours.get());
            }
        }
        if (replaced.isEmpty()) {
            throw read(store, key)
                    .map(other -> locked(name, other))
                    .orElseGet(() -> new PgpitrException(
                            ExitCode.LOCKED,
                            "the lease \"" + name + "\" was removed while it was held",
                            "somebody deleted " + key + "; run the command again"));
        }
        version = replaced.get();
        state = next;
    }

    /** The object's version if it is the acquisition {@code ours}, in whatever state. */
    private static Optional<ObjectVersion> versionIfOurs(ObjectStore store, ObjectKey key, LeaseState ours) {
        Optional<ObjectStat> stat = store.stat(key);
        return read(store, key)
                .filter(found -> found.token().equals(ours.token()))
                .flatMap(found -> stat)
                .map(ObjectStat::version);
    }

    private static Optional<LeaseState> read(ObjectStore store, ObjectKey key) {
        Optional<InputStream> opened = store.open(key);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes;
        try (InputStream in = opened.get()) {
            bytes = in.readNBytes(1 << 16);
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    store.location() + ": reading " + key + " broke off: " + e.getMessage(),
                    e);
        }
        try {
            return Optional.of(LeaseState.parse(bytes));
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "the lease " + key + " can't be understood: " + e.getMessage(),
                    "make sure that nothing is running, then delete this object",
                    e);
        }
    }

    private static String describe(LeaseState state) {
        LeaseHolder holder = state.holder();
        return state.purpose() + ", process " + holder.pid() + " on " + holder.host() + ", since " + state.since();
    }

    private static PgpitrException locked(String name, LeaseState other) {
        return new PgpitrException(
                ExitCode.LOCKED,
                "the lease \"" + name + "\" is held by another process: " + describe(other),
                "wait until it has ended; if its host is gone, the lease expires at " + other.expires());
    }
}
