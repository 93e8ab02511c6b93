package org.pgpitr.error;

/** What a command's exit status says. The numbers are stable and documented in {@code docs/exit-codes.md}. */
public enum ExitCode {
    OK(0, "success"),
    ABSENT(1, "the store says that the object does not exist (`archive-get` only)"),
    USAGE(2, "wrong usage or configuration"),
    NO_REPOSITORY(10, "no repository, or the cluster is not in it"),
    LOCKED(11, "another run that excludes this one is under way"),
    NO_KEY(12, "the key that decrypts is missing or wrong"),
    CORRUPT(20, "stored or local data is damaged"),
    TARGET_UNREACHABLE(21, "the recovery target can't be reached; what a recovery needs is missing (`verify`)"),
    WAL_CONFLICT(22, "WAL of that name is archived with other content, or is not this cluster's"),
    CHECK_FAILED(
            23, "`check` or `window --check` found something that keeps this cluster from being recovered as wanted"),
    STORAGE_UNAVAILABLE(30, "the store can't be reached or refuses"),
    POSTGRES_UNAVAILABLE(31, "the PostgreSQL server can't be reached or refuses"),
    DISK_UNAVAILABLE(32, "a disk of this host that is not the repository's is full or can't be used"),
    DEFECT(70, "a defect in pgpitr");

    private final int status;
    private final String meaning;

    ExitCode(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    /** The process's exit status, 0 to 125. */
    public int status() {
        return status;
    }

    /** One line for people. */
    public String meaning() {
        return meaning;
    }
}
