package org.pgpitr.service.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgpitr.service.Progress;

/**
 * Collects what is found, each thing once, and says it at once. Keeps the first thousand of each kind and counts all, so
 * that memory stays bounded however much is damaged. Safe for several threads.
 */
final class Findings {
    static final int KEPT = 1000;

    private final Progress progress;
    private final List<Finding> kept = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private final Map<String, Integer> byKind = new HashMap<>();
    private final Map<Severity, Long> counts = new EnumMap<>(Severity.class);

    Findings(Progress progress) {
        this.progress = progress;
    }

    synchronized void add(Finding finding) {
        if (byKind.getOrDefault(finding.kind(), 0) >= KEPT) {
            counts.merge(finding.severity(), 1L, Long::sum);
            return;
        }
        if (!known.add(finding.kind() + " " + finding.subject())) {
            return;
        }
        byKind.merge(finding.kind(), 1, Integer::sum);
        counts.merge(finding.severity(), 1L, Long::sum);
        kept.add(finding);
        if (finding.severity() != Severity.NOTE) {
            progress.say(finding.message());
        }
    }

    /** The gravest first, then by kind, each kind in the order of what it is about. */
    synchronized List<Finding> sorted() {
        return kept.stream()
                .sorted(Comparator.comparing(Finding::severity)
                        .thenComparing(Finding::kind)
                        .thenComparing(Finding::subject))
                .toList();
    }

    synchronized Map<Severity, Long> counts() {
        return new EnumMap<>(counts);
    }

    /** Replaces findings by what is known of them by now. */
    synchronized void refine(java.util.function.UnaryOperator<Finding> better) {
        kept.replaceAll(better);
    }

    /** The kept findings of one type. */
    synchronized <T extends Finding> List<T> of(Class<T> type) {
        return kept.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
