package org.pgpitr.service.stream;

import java.time.Duration;

/**
 * How WAL is received.
 *
 * @param slot a physical replication slot of the receiver's own
 * @param applicationName by which {@code synchronous_standby_names} knows the receiver
 * @param interval between two pieces, when there is new WAL
 * @param pieceBytes no piece is bigger, and one leaves early when so much has come
 * @param pace when pieces leave
 * @param noSlot what to do where the slot is not there
 * @param missing what to do where the server's slot begins behind the end of the repository
 */
public record StreamOptions(
        String slot,
        String applicationName,
        Duration interval,
        int pieceBytes,
        Pace pace,
        OnNoSlot noSlot,
        OnMissing missing) {
    /** When pieces leave. */
    public enum Pace {
        /** At the interval. */
        PERIODIC,
        /** At once, with all that arrived while the last one was on its way: somebody waits for it. */
        SYNCHRONOUS
    }

    /** What to do where there is no such slot. */
    public enum OnNoSlot {
        FAIL,
        /** Make it, and tell so; but only before WAL has been received for the first time. */
        CREATE
    }

    /** What becomes of WAL between the end of the repository and the begin of the slot. */
    public enum OnMissing {
        /** The server is asked for it, and it is an error if it has it no more. */
        REQUIRE,
        /** It is given up, because the user says so: the repository has a hole then. */
        GIVE_UP
    }
}
