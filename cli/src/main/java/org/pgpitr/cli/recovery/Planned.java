package org.pgpitr.cli.recovery;

import java.util.Optional;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.measured.ExpectedDuration;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.service.restore.RestoreOptions;
import org.pgpitr.service.verify.ContentRead;

/**
 * A plan, and where it comes from.
 *
 * @param content what was read before it was given; empty if names, sizes and summaries are trusted
 * @param expected how long it will take
 * @param time the target time as it was given; empty for another target
 * @param options of the restore that would follow
 */
public record Planned(
        Generation generation,
        RecoveryPlan plan,
        Optional<ContentRead> content,
        ExpectedDuration expected,
        Optional<TargetTime> time,
        RestoreOptions options) {}
