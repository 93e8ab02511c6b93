package org.pgpitr.service.expire;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.service.Progress;
import org.pgpitr.service.lease.Heartbeat;
import org.pgpitr.storage.StorageException;

/** The backup leases of all generations, held together: while they are, no backup is taken and nobody else deletes. */
final class ExpireLeases implements AutoCloseable {
    private record Held(Lease lease, Heartbeat heartbeat) {}

    private final Map<Integer, Held> held = new TreeMap<>();
    private final Progress progress;

    private ExpireLeases(Progress progress) {
        this.progress = progress;
    }

    /** @throws org.pgpitr.error.PgpitrException LOCKED if one of them is another's; then none is held */
    static ExpireLeases take(List<Generation> generations, LeaseHolder here, Clock clock, Progress progress) {
        ExpireLeases leases = new ExpireLeases(progress);
        boolean all = false;
        try {
            for (Generation generation : generations) {
                Lease lease = Lease.acquire(generation, BackupCatalog.LEASE, BackupCatalog.EXPIRY, here, clock);
                leases.held.put(generation.number(), new Held(lease, new Heartbeat(lease)));
            }
            all = true;
            return leases;
        } finally {
            if (!all) {
                leases.close();
            }
        }
    }

    /** That of a generation, made sure to be still held. */
    Lease of(Generation generation) {
        Held one = held.get(generation.number());
        one.heartbeat().check();
        one.lease().renew();
        return one.lease();
    }

    @Override
    public void close() {
        for (Held one : held.values()) {
            one.heartbeat().close();
            try {
                one.lease().close();
            } catch (StorageException e) {
                progress.say("could not release the lease \"" + one.lease().name() + "\", it will expire: "
                        + e.getMessage());
            }
        }
    }
}
