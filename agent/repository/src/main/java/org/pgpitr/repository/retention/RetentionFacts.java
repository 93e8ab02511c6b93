package org.pgpitr.repository.retention;

import java.time.Instant;
import java.util.List;

/**
 * All that a retention plan rests on, of a whole cluster: what the newest backups are can't be told from one generation.
 *
 * @param generations oldest first
 * @param now the time of the plan
 */
public record RetentionFacts(List<GenerationFacts> generations, Instant now) {
    public RetentionFacts {
        generations = List.copyOf(generations);
    }
}
