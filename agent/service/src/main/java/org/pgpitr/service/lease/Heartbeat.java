package org.pgpitr.service.lease;

import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.storage.StorageException;

/**
 * Keeps a lease alive in the background, also while its holder waits for something else. A store that does not
 * answer now and then is borne, since the lease lasts for many beats; a lease that another process holds is not.
 */
public final class Heartbeat implements AutoCloseable {
    private static final long BEAT_SECONDS = 20;

    private final Lease lease;
    private final ScheduledExecutorService beats =
            Executors.newSingleThreadScheduledExecutor(Threads.daemons("pgpitr-lease"));
    private final ScheduledFuture<?> beating;
    private volatile Optional<RuntimeException> lost = Optional.empty();

    public Heartbeat(Lease lease) {
        this.lease = lease;
        this.beating = beats.scheduleWithFixedDelay(this::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
    }

    private void beat() {
        try {
            lease.renew();
        } catch (StorageException tryAgainNextTime) {
            return;
        } catch (RuntimeException e) {
            lost = Optional.of(e);
        }
    }

    /**
     * @throws PgpitrException LOCKED if the lease was lost
     */
    public void check() {
        lost.ifPresent(failure -> {
            throw failure;
        });
    }

    @Override
    public void close() {
        beating.cancel(true);
        Threads.end(beats);
    }
}
