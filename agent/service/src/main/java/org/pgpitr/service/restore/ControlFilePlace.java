package org.pgpitr.service.restore;

/**
 * Where {@code pg_control} stands until everything else is durable. Without it no server starts, so a restore that was
 * killed can't be taken for a finished one.
 */
final class ControlFilePlace {
    static final String FINAL = "global/pg_control";
    static final String UNFINISHED = "global/pg_control.unfinished";

    private ControlFilePlace() {}

    /** Where an entry is written to. */
    static String of(String path) {
        return path.equals(FINAL) ? UNFINISHED : path;
    }
}
