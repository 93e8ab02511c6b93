package org.pgpitr.service.agent;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgpitr.repository.Repository;

/**
 * Those of several repositories whose stores fail. Pushes leave them out, so that the others get what they can without
 * waiting for each attempt to be given up; from time to time one push asks whether they are there again.
 */
final class AwayRepositories {
    private static final class Absence {
        private final Pause pause = new Pause();
        private Throwable why;
        /** A push is finding out whether it is over. */
        private boolean asked;
    }

    private final List<Repository> repositories;
    private final Map<Repository, Absence> absences = new HashMap<>();

    AwayRepositories(List<Repository> repositories) {
        this.repositories = repositories;
    }

    /**
     * Those that a push that begins now is to leave out, with what they failed for. Never all of them. To be followed by
     * {@link #ended} or {@link #abandoned}.
     */
    synchronized Map<Repository, Throwable> begin() {
        Map<Repository, Throwable> leftOut = new HashMap<>();
        absences.forEach((repository, absence) -> {
            if (absence.asked || !absence.pause.isOver()) {
                leftOut.put(repository, absence.why);
            }
        });
        if (leftOut.size() == repositories.size()) {
            leftOut.clear();
        }
        absences.forEach((repository, absence) -> absence.asked |= !leftOut.containsKey(repository));
        return leftOut;
    }

    /** Learns what a push has met; {@code failures} by repository, of those that it did not leave out. */
    synchronized void ended(Map<Repository, Throwable> leftOut, Map<Repository, Throwable> failures) {
        for (Repository each : repositories) {
            if (leftOut.containsKey(each)) {
                continue;
            }
            Throwable why = failures.get(each);
            if (why == null || !isOfTheStore(why)) {
                absences.remove(each);
                continue;
            }
            Absence absence = absences.computeIfAbsent(each, any -> new Absence());
            absence.asked = false;
            absence.why = why;
            if (absence.pause.isOver()) { // of several that were under way at once the first one counts
                absence.pause.failed();
            }
        }
    }

    /** A push has ended before it asked any. */
    synchronized void abandoned(Map<Repository, Throwable> leftOut) {
        absences.forEach((repository, absence) -> absence.asked &= leftOut.containsKey(repository));
    }

    private static boolean isOfTheStore(Throwable why) {
        return Trouble.of(why, Instant.EPOCH).isOfTheStore();
    }
}
