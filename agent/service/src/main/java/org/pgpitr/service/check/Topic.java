package org.pgpitr.service.check;

import java.util.Locale;

/** What is looked at, in this order. */
public enum Topic {
    SERVER("the server answers"),
    VERSION("its version is supported"),
    DATA_DIRECTORY("the data directory is this server's"),
    WAL_LEVEL("WAL holds what a recovery needs"),
    ARCHIVE_MODE("WAL archiving is on"),
    ARCHIVE_COMMAND("archive_command hands WAL to pgpitr"),
    ARCHIVE_TIMEOUT("WAL of a quiet server is archived in time"),
    FULL_PAGE_WRITES("full_page_writes is on"),
    FSYNC("fsync is on"),
    REPOSITORY("the repository can be read"),
    REPOSITORY_WRITE("the repository can be written to"),
    REPOSITORY_DELETE("objects can be deleted"),
    CONDITIONAL_WRITES("the store decides between two writers"),
    CLUSTER("the repository has a place for this cluster"),
    ENCRYPTION("encryption is configured as the repository has it"),
    ARCHIVER("the archiver keeps up"),
    STREAM("WAL is streamed"),
    ARCHIVING("a WAL segment arrives in the repository"),
    READ_BACK("what is archived can be read back here"),
    HISTORY("the history of the server's timeline is archived"),
    BACKUP("there is a backup"),
    RECOVERY("the cluster can be recovered up to its newest WAL");

    private final String title;

    Topic(String title) {
        this.title = title;
    }

    /** Stable, for programs: {@code archive_mode}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is well if it is well; for people. */
    public String title() {
        return title;
    }
}
