package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupId;

/** Archives and questions for the tests of the planner, and short words for its answers. */
abstract class PlannerCases {
    static final RecoveryTarget END = new RecoveryTarget.EndOfWal();
    static final RecoveryTarget IMMEDIATE = new RecoveryTarget.Immediate();
    static final String MONDAY = "2026-11-23T00:00:00Z";
    static final String TUESDAY = "2026-11-24T00:00:00Z";
    static final String WEDNESDAY = "2026-11-25T00:00:00Z";

    /** Two backups on timeline 1, all WAL there. */
    static FactsBuilder plain() {
        return new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100", 1000, 1010)
                .backup(TUESDAY, 1, "0/500028", "0/600100", 2000, 2010)
                .wal(1, 2, 9);
    }

    static RecoveryTarget lsn(String lsn) {
        return new RecoveryTarget.AtLsn(Lsn.parse(lsn), Bound.INCLUSIVE);
    }

    static RecoveryTarget time(String time) {
        return new RecoveryTarget.Time(Instant.parse(time), Bound.INCLUSIVE);
    }

    static RecoveryTarget xid(long xid) {
        return new RecoveryTarget.Xid(xid, Bound.INCLUSIVE);
    }

    static RecoveryTargetTimeline latest() {
        return new RecoveryTargetTimeline.Latest();
    }

    static RecoveryTargetTimeline current() {
        return new RecoveryTargetTimeline.Current();
    }

    static RecoveryTargetTimeline timeline(int timeline) {
        return new RecoveryTargetTimeline.Numbered(new TimelineId(timeline));
    }

    static BackupId id(String started) {
        return BackupId.at(Instant.parse(started));
    }

    static RecoveryDecision decide(FactsBuilder facts, RecoveryTarget target, RecoveryTargetTimeline timeline) {
        return RecoveryPlanner.decide(facts.build(), new RecoveryRequest(target, timeline, Optional.empty()));
    }

    static RecoveryPlan plan(FactsBuilder facts, RecoveryTarget target) {
        return plan(facts, target, latest());
    }

    static RecoveryPlan plan(FactsBuilder facts, RecoveryTarget target, RecoveryTargetTimeline timeline) {
        return decide(facts, target, timeline).orElseThrow();
    }

    static RecoveryPlan planFrom(String backup, FactsBuilder facts, RecoveryTarget target) {
        return RecoveryPlanner.plan(facts.build(), new RecoveryRequest(target, latest(), Optional.of(id(backup))));
    }

    static Unreachable refusal(FactsBuilder facts, RecoveryTarget target) {
        return refusal(facts, target, latest());
    }

    static Unreachable refusal(FactsBuilder facts, RecoveryTarget target, RecoveryTargetTimeline timeline) {
        RecoveryDecision decision = decide(facts, target, timeline);
        assertThat(decision).isInstanceOf(Unreachable.class);
        return (Unreachable) decision;
    }

    static String wal(RecoveryPlan plan) {
        return plan.wal().stream()
                .map(r -> r.timeline() + ":" + r.first().number(FactsBuilder.SIZE) + "-"
                        + r.last().number(FactsBuilder.SIZE)
                        + switch (r.form()) {
                            case WHOLE -> "";
                            case PARTIAL -> "p";
                            case STREAMED -> "s";
                        })
                .collect(Collectors.joining(" "));
    }
}
