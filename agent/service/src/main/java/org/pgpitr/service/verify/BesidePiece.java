package org.pgpitr.service.verify;

import java.util.function.BooleanSupplier;
import org.pgpitr.postgres.TimelineId;

/**
 * A piece of work that is neither a lane nor a block of WAL.
 *
 * @param name tells it from all others; without a blank
 * @param bytes that are stored, so that what has grown is verified again
 * @param timeline of the WAL that it belongs to
 * @param segment the last one that it belongs to
 * @param recovery whether a recovery may need it
 * @param check verifies it; whether nothing was found
 */
record BesidePiece(String name, long bytes, TimelineId timeline, long segment, Needed recovery, BooleanSupplier check) {
    /** What it is there for. */
    enum Needed {
        FOR_RECOVERY,
        FOR_QUESTIONS
    }

    /** The name with what is in it. */
    String state() {
        return name + " " + bytes;
    }
}
