package org.pgpitr.service.check;

import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param topic what was looked at
 * @param detail what was seen, one plain sentence without a full stop
 * @param hint what to do; empty if there is nothing to do
 */
public record Finding(Topic topic, Verdict verdict, String detail, Optional<String> hint) {
    /** How it is. */
    public enum Verdict {
        /** As it should be. */
        OK,
        /** The cluster can't be recovered, or not as far as it should, until this is mended. */
        FAILED,
        /** Worth knowing, or not looked at because something before it failed; no fault by itself. */
        NOTE
    }
}
