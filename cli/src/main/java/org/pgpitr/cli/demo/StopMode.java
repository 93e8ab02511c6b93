package org.pgpitr.cli.demo;

import java.util.Locale;

/** How a server is shut down ({@code pg_ctl stop -m}). */
public enum StopMode {
    /** Clients are cut off, a checkpoint is written, archiving is completed. */
    FAST,
    /** At once; the next start recovers. */
    IMMEDIATE;

    String argument() {
        return name().toLowerCase(Locale.ROOT);
    }
}
