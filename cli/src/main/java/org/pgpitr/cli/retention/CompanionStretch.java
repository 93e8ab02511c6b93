package org.pgpitr.cli.retention;

import java.util.ArrayList;
import java.util.List;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.retention.CompanionVerdict;
import org.pgpitr.repository.retention.GenerationPlan;
import org.pgpitr.repository.retention.Reason;
import org.pgpitr.repository.retention.WalCompanion;
import org.pgpitr.storage.ObjectKey;

/**
 * Objects of one kind and timeline that follow each other and share their fate.
 *
 * @param first the first one's key
 * @param last the last one's key
 * @param reasons why they stay; empty: they go
 */
record CompanionStretch(
        WalCompanion.Kind kind,
        TimelineId timeline,
        ObjectKey first,
        ObjectKey last,
        long objects,
        long bytes,
        List<Reason> reasons) {
    static List<CompanionStretch> of(GenerationPlan plan) {
        List<CompanionStretch> all = new ArrayList<>();
        for (CompanionVerdict verdict : plan.companions()) {
            CompanionStretch next = of(verdict);
            int end = all.size() - 1;
            if (end >= 0 && all.get(end).goesOnWith(next)) {
                all.set(end, all.get(end).and(next));
            } else {
                all.add(next);
            }
        }
        return all;
    }

    private static CompanionStretch of(CompanionVerdict verdict) {
        WalCompanion one = verdict.companion();
        return new CompanionStretch(
                one.kind(), one.timeline(), one.key(), one.key(), 1, one.bytes(), verdict.reasons());
    }

    private boolean goesOnWith(CompanionStretch next) {
        return kind == next.kind && timeline.equals(next.timeline) && reasons.equals(next.reasons);
    }

    private CompanionStretch and(CompanionStretch next) {
        return new CompanionStretch(
                kind, timeline, first, next.last, objects + next.objects, bytes + next.bytes, reasons);
    }
}
