package org.pgpitr.service.config;

/**
 * A text that never gets into a message, a log or a listing: {@link #toString} does not show it.
 *
 * @param reveal the text itself, for the one place that needs it
 */
public record Secret(String reveal) {
    /** What is shown in its place. */
    public static final String MASK = "********";

    @Override
    public String toString() {
        return MASK;
    }
}
