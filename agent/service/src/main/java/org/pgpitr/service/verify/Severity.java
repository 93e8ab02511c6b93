package org.pgpitr.service.verify;

import org.pgpitr.error.ExitCode;

/** How grave a finding is, the gravest first: a report's exit code is that of its gravest finding. */
public enum Severity {
    /** Something that is there is not as it was written. */
    DAMAGED(ExitCode.CORRUPT),
    /** Something that a recovery needs is not there. */
    HOLE(ExitCode.TARGET_UNREACHABLE),
    /**
     * Something that no recovery needs is not as it was written. No success all the same: whatever changed it may change
     * other things too. Behind a hole, since a hole costs moments and this does not.
     */
    MINOR(ExitCode.CORRUPT),
    /** Something could not be looked at for want of a key. */
    NOT_VERIFIED(ExitCode.NO_KEY),
    /** Worth knowing; no fault. */
    NOTE(ExitCode.OK);

    private final ExitCode exitCode;

    Severity(ExitCode exitCode) {
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** In output for programs. */
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
