package org.pgpitr.cli.recovery;

import java.util.List;
import java.util.concurrent.Future;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.repository.measured.ExpectedDuration;
import org.pgpitr.repository.measured.Measurement;
import org.pgpitr.repository.measured.Measurements;
import org.pgpitr.repository.plan.RecoveryPlan;

/** How long a plan will take here, by what was measured before; that is read while the plan is made. */
public final class Estimate {
    private static final String READING = "reading measurements";

    /** So many of each kind are read. */
    private static final int MEASUREMENTS = 20;

    private final Future<List<Measurement>> restores;
    private final Future<List<Measurement>> replays;

    private Estimate(Measurements measured) {
        this.restores = Threads.begin(READING, () -> measured.newest(Measurement.Kind.RESTORE, MEASUREMENTS));
        this.replays = Threads.begin(READING, () -> measured.newest(Measurement.Kind.REPLAY, MEASUREMENTS));
    }

    /** Begins to read. */
    public static Estimate begin(Generation generation) {
        return new Estimate(new Measurements(generation));
    }

    /**
     * If the plan is carried out on this host.
     *
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public ExpectedDuration of(RecoveryPlan plan) {
        return ExpectedDuration.of(
                plan,
                Threads.result(restores, READING),
                Threads.result(replays, READING),
                LeaseHolder.thisProcess().host());
    }
}
