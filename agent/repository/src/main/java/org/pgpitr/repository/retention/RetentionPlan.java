package org.pgpitr.repository.retention;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What goes, what stays, and why each thing stays.
 *
 * @param policy by which
 * @param asOf when
 * @param generations oldest first
 * @param refusal why nothing may go at all, one sentence without a full stop; empty if it may
 */
public record RetentionPlan(
        RetentionPolicy policy, Instant asOf, List<GenerationPlan> generations, Optional<String> refusal) {
    public RetentionPlan {
        generations = List.copyOf(generations);
    }

    /** The plan of a generation by its number. */
    public GenerationPlan generation(int number) {
        return generations.stream()
                .filter(plan -> plan.generation() == number)
                .findFirst()
                .orElseThrow();
    }
}
