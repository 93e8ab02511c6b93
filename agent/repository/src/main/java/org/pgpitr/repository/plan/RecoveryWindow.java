package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;

/**
 * All that can be recovered of one generation, and all that can't.
 *
 * @param timelines the newest first; each that can be followed, and each of which there is WAL
 * @param unusable backups that no moment can be recovered from, oldest first, each with the reason
 */
public record RecoveryWindow(List<TimelineWindow> timelines, List<PassedOver> unusable) {
    public RecoveryWindow {
        timelines = List.copyOf(timelines);
        unusable = List.copyOf(unusable);
    }

    /** What {@code --target-timeline latest} means: the newest timeline that a backup leads onto; empty if none does. */
    public Optional<TimelineWindow> latest() {
        return timelines.stream()
                .filter(timeline -> !timeline.intervals().isEmpty())
                .findFirst();
    }
}
