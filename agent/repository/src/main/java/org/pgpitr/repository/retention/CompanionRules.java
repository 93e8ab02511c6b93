package org.pgpitr.repository.retention;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.retention.Reason.Kind;

/**
 * Which objects stay that are there for the sake of WAL: a roll-up as long as any of its segments is there and stays; a
 * refused segment as long as its place is needed, filled or not; names as long as WAL is needed of which they tell, for
 * which the newest ones before it begins are needed too.
 */
final class CompanionRules {
    private static final Comparator<WalCompanion> BY_POSITION =
            Comparator.comparingLong(WalCompanion::first).thenComparing(WalCompanion::key);

    private final WalNeeds needs;
    private final List<WalVerdict> wal;
    private final Set<TimelineId> known;
    private final WalSegmentSize size;
    /** The newest names before each needed stretch. */
    private final Set<WalCompanion> newestBefore = new HashSet<>();

    private CompanionRules(WalNeeds needs, List<WalVerdict> wal, Set<TimelineId> known, WalSegmentSize size) {
        this.needs = needs;
        this.wal = wal;
        this.known = known;
        this.size = size;
    }

    /**
     * @param wal what becomes of the archived segments
     * @param known the timelines of which it is known where they come from
     * @param refusal why nothing goes at all
     */
    static List<CompanionVerdict> apply(
            List<WalCompanion> companions,
            WalNeeds needs,
            List<WalVerdict> wal,
            Set<TimelineId> known,
            WalSegmentSize size,
            Optional<String> refusal) {
        CompanionRules rules = new CompanionRules(needs, wal, known, size);
        companions.stream()
                .filter(each -> each.kind() == WalCompanion.Kind.NAMES)
                .collect(Collectors.groupingBy(WalCompanion::timeline))
                .forEach(rules::findNewestBefore);
        return companions.stream()
                .sorted(Comparator.comparing(WalCompanion::kind)
                        .thenComparing(WalCompanion::timeline)
                        .thenComparing(BY_POSITION))
                .map(each -> new CompanionVerdict(
                        each,
                        refusal.map(why -> List.of(new Reason(Kind.NOTHING_RECOVERABLE, why)))
                                .orElseGet(() -> rules.reasons(each))))
                .toList();
    }

    private void findNewestBefore(TimelineId timeline, List<WalCompanion> names) {
        for (WalNeeds.Joined need : needs.of(timeline)) {
            names.stream()
                    .filter(each -> each.first() < need.first())
                    .max(BY_POSITION)
                    .ifPresent(newestBefore::add);
        }
    }

    private List<Reason> reasons(WalCompanion companion) {
        if (companion.kind() == WalCompanion.Kind.ROLL_UP) {
            return tellsOfWalThatStays(companion)
                    ? List.of(new Reason(Kind.TELLS_OF_WAL, "it tells of WAL that stays"))
                    : List.of();
        }
        if (!known.contains(companion.timeline())) {
            return List.of(new Reason(
                    Kind.UNKNOWN,
                    "the history of timeline " + companion.timeline()
                            + " is not in the archive, so nobody can tell who needs it"));
        }
        return companion.kind() == WalCompanion.Kind.NAMES
                ? ofNames(companion)
                : needs.reasons(companion.timeline(), companion.first());
    }

    private boolean tellsOfWalThatStays(WalCompanion rollUp) {
        return wal.stream()
                .filter(WalVerdict::stays)
                .filter(verdict -> verdict.range().timeline().equals(rollUp.timeline())
                        && verdict.range().form() == WalRange.Form.WHOLE)
                .anyMatch(verdict -> verdict.first().number(size) <= rollUp.last()
                        && verdict.last().number(size) >= rollUp.first());
    }

    private List<Reason> ofNames(WalCompanion captured) {
        return needs.of(captured.timeline()).stream()
                .filter(need -> need.contains(captured.first())
                        || need.first() > captured.first() && newestBefore.contains(captured))
                .findFirst()
                .map(WalNeeds.Joined::reasons)
                .orElse(List.of());
    }
}
