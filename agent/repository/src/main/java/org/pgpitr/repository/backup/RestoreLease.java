package org.pgpitr.repository.backup;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;

/**
 * Tells that a backup is being restored, so that nobody deletes it meanwhile. Each restore has a lease of its own: any
 * number of them may read the same backup. It keeps backup and WAL for {@link #AFTERWARDS} more when it has ended, for
 * then the restored server begins to fetch WAL.
 */
public final class RestoreLease {
    /** How long after a restore its backup and the WAL behind it stay. */
    public static final Duration AFTERWARDS = Duration.ofDays(1);

    private static final String PREFIX = "restore-";
    private static final int TOKEN = 8;

    private RestoreLease() {}

    /**
     * Takes one, to be renewed and closed.
     *
     * @throws org.pgpitr.storage.StorageException if it can't be written, such as with credentials that only read
     */
    public static Lease take(Generation generation, BackupId id, LeaseHolder holder, Clock clock) {
        String token = UUID.randomUUID().toString().substring(0, TOKEN);
        return Lease.acquire(generation, PREFIX + id + "-" + token, "restore of backup " + id, holder, clock);
    }

    /**
     * The backups that must not be deleted now, each with who restores it.
     *
     * @throws PgpitrException CORRUPT if a lease can't be understood
     */
    public static Map<BackupId, String> backupsInUse(Generation generation, Instant now) {
        Map<BackupId, String> inUse = new HashMap<>();
        for (Lease.Seen lease : Lease.list(generation, PREFIX)) {
            if (!isOver(lease, now)) {
                backup(lease).ifPresent(id -> inUse.merge(id, describe(lease, now), (a, b) -> a + "; " + b));
            }
        }
        return inUse;
    }

    /** Those that protect nothing any more and can be deleted. */
    public static List<Lease.Seen> over(Generation generation, Instant now) {
        return Lease.list(generation, PREFIX).stream()
                .filter(lease -> backup(lease).isPresent() && isOver(lease, now))
                .toList();
    }

    private static boolean isOver(Lease.Seen lease, Instant now) {
        return !now.isBefore(lease.expires().plus(AFTERWARDS));
    }

    private static String describe(Lease.Seen lease, Instant now) {
        return lease.describe()
                + (now.isBefore(lease.expires())
                        ? ""
                        : "; it has ended, but its server may still fetch WAL, until "
                                + lease.expires().plus(AFTERWARDS));
    }

    private static Optional<BackupId> backup(Lease.Seen lease) {
        String name = lease.name().substring(PREFIX.length());
        int dash = name.indexOf('-');
        return dash < 0 ? Optional.empty() : BackupId.tryParse(name.substring(0, dash));
    }
}
