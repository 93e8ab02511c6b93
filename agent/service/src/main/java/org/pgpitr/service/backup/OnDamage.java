package org.pgpitr.service.backup;

/** What a page with a wrong checksum means for the backup. */
public enum OnDamage {
    /** The backup fails, naming the pages; nothing is listed. */
    FAIL,
    /** The backup goes on; the pages are said, and recorded in its summary. */
    WARN
}
