package org.pgpitr.service.verify;

import java.util.Comparator;
import java.util.List;
import org.pgpitr.error.ExitCode;
import org.pgpitr.repository.plan.FoundDamage;

/** What a verification found, generation by generation. */
public record VerifyReport(Depth depth, List<GenerationReport> generations) {
    public VerifyReport {
        generations = List.copyOf(generations);
    }

    /** CORRUPT if anything is damaged; else TARGET_UNREACHABLE if there is a hole; else NO_KEY if a key was missing. */
    public ExitCode exitCode() {
        return generations.stream()
                .flatMap(generation -> generation.gravest().stream())
                .min(Comparator.naturalOrder())
                .map(Severity::exitCode)
                .orElse(ExitCode.OK);
    }

    /** How many findings of a severity there are. */
    public long count(Severity severity) {
        return generations.stream()
                .mapToLong(generation -> generation.counts().getOrDefault(severity, 0L))
                .sum();
    }

    /** What of a generation can't be used in a recovery; of each kind of damage a thousand at most. */
    public FoundDamage damage(int generation) {
        return Damage.of(generations.stream()
                .filter(report -> report.generation() == generation)
                .flatMap(report -> report.findings().stream())
                .toList());
    }
}
