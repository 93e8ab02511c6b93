package org.pgpitr.service.restore;

import java.time.Clock;
import java.util.Optional;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.RestoreLease;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.service.Progress;
import org.pgpitr.service.lease.Heartbeat;
import org.pgpitr.storage.StorageException;

/** Keeps a backup from being deleted while it is restored, where this host may write; a restore is never refused for it. */
final class RestoreHold implements AutoCloseable {
    private final Optional<Lease> lease;
    private final Optional<Heartbeat> heartbeat;
    private final Progress progress;

    private RestoreHold(Optional<Lease> lease, Progress progress) {
        this.lease = lease;
        this.heartbeat = lease.map(Heartbeat::new);
        this.progress = progress;
    }

    static RestoreHold take(Generation generation, BackupId id, Clock clock, Progress progress) {
        try {
            return new RestoreHold(
                    Optional.of(RestoreLease.take(generation, id, LeaseHolder.thisProcess(), clock)), progress);
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.INTERRUPTED) {
                throw e;
            }
            progress.say("could not note in the repository that backup " + id
                    + " is being restored, so see that no `pgpitr expire` deletes it meanwhile: " + e.getMessage());
            return new RestoreHold(Optional.empty(), progress);
        }
    }

    /** Whether this host may write. */
    boolean isNoted() {
        return lease.isPresent();
    }

    @Override
    public void close() {
        heartbeat.ifPresent(Heartbeat::close);
        lease.ifPresent(this::release);
    }

    private void release(Lease held) {
        try {
            held.close();
        } catch (StorageException e) {
            progress.say("could not release the lease \"" + held.name() + "\", it will expire: " + e.getMessage());
        }
    }
}
