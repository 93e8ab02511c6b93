package org.pgpitr.service.init;

import java.nio.file.Path;
import java.util.Optional;
import org.pgpitr.repository.Repository;

/**
 * A repository to make a place in.
 *
 * @param localFolder its root, if it is on a disk of this host; it is made unless it is there
 * @param conditionalWrites whether the store has to honour conditional writes
 */
public record InitTarget(Repository repository, Optional<Path> localFolder, ConditionalWrites conditionalWrites) {
    /** What is asked of the store. */
    public enum ConditionalWrites {
        REQUIRED,
        /** The user's word ({@code conditional_writes = false}): no two hosts ever write there at the same time. */
        WAIVED
    }
}
