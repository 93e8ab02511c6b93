package org.pgpitr.service.expire;

import java.time.Clock;
import java.time.Duration;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.repository.retention.Pin;
import org.pgpitr.repository.retention.Pins;
import org.pgpitr.service.Progress;
import org.pgpitr.service.lease.LeaseWait;

/**
 * Pins a backup, also against an expiry that is under way: one that began before the pin may have looked for pins
 * already, so its end is waited for; one that begins later sees the pin.
 */
public final class PinTask {
    private final Generation generation;
    private final Duration patience;
    private final Progress progress;
    private final Clock clock;

    /** @param patience how long to wait for an expiry at most */
    public PinTask(Generation generation, Duration patience, Progress progress, Clock clock) {
        this.generation = generation;
        this.patience = patience;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Pins it.
     *
     * @throws PgpitrException USAGE if there is no such backup, if it is pinned already, or if an expiry took it away;
     *     LOCKED if an expiry goes on for too long, the pin being set
     * @throws InterruptedException while waiting, the pin being set
     */
    public void run(Pin pin) throws InterruptedException {
        Pins pins = new Pins(generation);
        pins.add(pin);
        LeaseWait.take(this::requireNoExpiry, () -> true, patience, progress);
        pins.confirm(pin);
    }

    private boolean requireNoExpiry() {
        LeaseHolder here = LeaseHolder.thisProcess();
        if (Lease.purposeOf(generation, BackupCatalog.LEASE, here, clock)
                .filter(BackupCatalog.EXPIRY::equals)
                .isPresent()) {
            throw new PgpitrException(
                    ExitCode.LOCKED,
                    "the pin is set, but an expire that may not have seen it is under way: "
                            + Lease.holderOf(generation, BackupCatalog.LEASE, here, clock)
                                    .orElse("it ends just now"),
                    "look with `pgpitr list` when it has ended whether the backup is still there");
        }
        return true;
    }
}
