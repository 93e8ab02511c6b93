package org.pgpitr.service.config;

/** A table of the configuration file. */
public enum Section {
    CLUSTER("cluster", Repeat.ONCE, "The PostgreSQL cluster, and how its server is reached."),
    REPOSITORY(
            "repository",
            Repeat.SEVERAL,
            "Where WAL and backups are kept. There may be several: every WAL segment goes to all of them, and counts as"
                    + " archived when all of them hold it; a backup goes to the first, or to the one that `--repository`"
                    + " names."),
    ENCRYPTION("encryption", Repeat.ONCE, "Who can read what is stored. Without recipients nothing is encrypted."),
    BACKUP("backup", Repeat.ONCE, "How backups are taken."),
    STREAM(
            "stream",
            Repeat.ONCE,
            "Whether WAL is received as it is written, over the replication protocol, and how. It shortens what a lost"
                    + " server costs from a segment to about a second, or to nothing; see `docs/streaming.md`."),
    RESTORE("restore", Repeat.ONCE, "How backups are restored."),
    VERIFY("verify", Repeat.ONCE, "How repositories are verified."),
    AGENT("agent", Repeat.ONCE, "How `pgpitr agent` works; see `docs/archiving.md`."),
    RETENTION(
            "retention",
            Repeat.ONCE,
            "Which backups and which WAL `pgpitr expire` keeps. A backup stays if any key keeps it; without a key that"
                    + " speaks of backups nothing is deleted. See `docs/retention.md`.");

    /** Whether a table stands in a file once or as an array of tables. */
    public enum Repeat {
        ONCE,
        SEVERAL
    }

    private final String title;
    private final Repeat repeat;
    private final String doc;

    Section(String title, Repeat repeat, String doc) {
        this.title = title;
        this.repeat = repeat;
        this.doc = doc;
    }

    /** As it stands in the file between the brackets. */
    public String title() {
        return title;
    }

    public Repeat repeat() {
        return repeat;
    }

    /** For people, in Markdown. */
    public String doc() {
        return doc;
    }

    /** The line that begins it in a file. */
    public String header() {
        return repeat == Repeat.SEVERAL ? "[[" + title + "]]" : "[" + title + "]";
    }
}
