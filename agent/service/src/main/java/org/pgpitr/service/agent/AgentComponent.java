package org.pgpitr.service.agent;

import java.time.Duration;
import java.util.Map;

/** A part of the agent with a thread of its own. The agent begins it anew, after a while, whenever it fails. */
public interface AgentComponent {
    /** One word, as it stands in the log and in the status. */
    String name();

    /**
     * Works until the thread is interrupted. Whatever it throws else is logged, and it is run again; so it holds nothing
     * open when it returns or throws.
     */
    void run() throws InterruptedException;

    /**
     * What it is doing, for {@code pgpitr status}: names in {@code snake_case}; values are text, numbers, booleans,
     * moments, durations, lists and maps of them, or null. Called by another thread at any time; quick.
     */
    Map<String, Object> status();

    /**
     * For how long nobody has needed it. An agent that was started on demand ends when all its components have had
     * nothing to do for a while.
     */
    default Duration idle() {
        return Duration.ZERO;
    }

    /** Whether it has begun what hooks need it for. Until then they do the work themselves. */
    default boolean isAtWork() {
        return true;
    }

    /** For how long it has done nothing at all, though it never rests longer than a second or so: then it hangs. */
    default Duration still() {
        return Duration.ZERO;
    }
}
