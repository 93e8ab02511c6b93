package org.pgpitr.cli.find;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.find.SearchRange;
import org.pgpitr.repository.find.SearchResult;

/**
 * What a search found, and where.
 *
 * @param generation that was searched
 * @param generationNamed its number, where `plan` and `restore` would take another one without it
 * @param range that was searched
 */
public record Found(Generation generation, Optional<Integer> generationNamed, SearchRange range, SearchResult result) {
    /** The options of {@code plan} and {@code restore} that recover to a target. */
    public List<String> options(RecoveryTarget.AtLsn target) {
        List<String> words =
                new ArrayList<>(List.of("--target-lsn", target.lsn().toString()));
        if (target.bound() == Bound.EXCLUSIVE) {
            words.add("--target-exclusive");
        }
        if (result.otherTimelines()) {
            words.addAll(List.of("--target-timeline", result.timeline().toString()));
        }
        generationNamed.ifPresent(number -> words.addAll(List.of("--generation", number.toString())));
        return words;
    }
}
