package org.pgpitr.repository.retention;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.plan.WalSpan;

/** Stretches of WAL that are needed, each with its reason; joined where they touch. */
final class WalNeeds {
    private record Need(WalSpan span, Reason reason) {}

    /** A stretch without a gap, and all its reasons. */
    record Joined(long first, long last, List<Reason> reasons) {
        boolean contains(long segment) {
            return segment >= first && segment <= last;
        }
    }

    private final Map<TimelineId, List<Need>> byTimeline = new LinkedHashMap<>();
    private final Map<TimelineId, List<Joined>> joined = new LinkedHashMap<>();

    void add(WalSpan span, Reason reason) {
        List<Need> needs = byTimeline.computeIfAbsent(span.timeline(), t -> new ArrayList<>());
        // of many needs most are part of another one
        if (needs.stream().noneMatch(need -> need.span().contains(span))) {
            needs.removeIf(need -> span.contains(need.span()));
            needs.add(new Need(span, reason));
            joined.remove(span.timeline());
        }
    }

    /** The needed stretches of a timeline, in order. */
    List<Joined> of(TimelineId timeline) {
        return joined.computeIfAbsent(timeline, t -> join(byTimeline.getOrDefault(t, List.of())));
    }

    boolean contains(TimelineId timeline, long segment) {
        return of(timeline).stream().anyMatch(j -> j.contains(segment));
    }

    /** Why a segment is needed; empty if it is not. */
    List<Reason> reasons(TimelineId timeline, long segment) {
        return of(timeline).stream()
                .filter(j -> j.contains(segment))
                .findFirst()
                .map(Joined::reasons)
                .orElse(List.of());
    }

    private static List<Joined> join(List<Need> needs) {
        List<Need> ordered = new ArrayList<>(needs);
        ordered.sort(Comparator.comparingLong(need -> need.span().first()));
        List<Joined> result = new ArrayList<>();
        Set<Reason> reasons = new LinkedHashSet<>();
        long first = 0;
        long last = -2;
        for (Need need : ordered) {
            boolean touches = last == WalSpan.OPEN || need.span().first() <= last + 1;
            if (!touches && last >= 0) {
                result.add(new Joined(first, last, List.copyOf(reasons)));
            }
            if (!touches) {
                first = need.span().first();
                last = need.span().last();
                reasons.clear();
            }
            last = Math.max(last, need.span().last());
            reasons.add(need.reason());
        }
        if (!reasons.isEmpty()) {
            result.add(new Joined(first, last, List.copyOf(reasons)));
        }
        return result;
    }
}
