package org.pgpitr.service.verify;

import java.util.Map;
import java.util.Optional;

/** One thing that a verification found. */
public sealed interface Finding permits RepositoryFinding, BackupFinding, WalFinding, BesideFinding {
    /** Which kind of finding; stable, documented in {@code docs/json.md}. */
    String kind();

    Severity severity();

    /** What it is about: with the kind it tells findings apart. */
    String subject();

    /** What was found, one plain sentence without a full stop. */
    String message();

    /** What to do; the same for all of a kind. Empty if there is nothing to do. */
    Optional<String> hint();

    /** What is particular to the kind, for programs: numbers, text, lists of them, null where there is nothing. */
    Map<String, Object> details();
}
