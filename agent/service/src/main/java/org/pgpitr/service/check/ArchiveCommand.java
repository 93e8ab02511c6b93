package org.pgpitr.service.check;

import java.util.Optional;
import java.util.regex.Pattern;

/** What can be wrong with the way the server hands out its WAL, as far as its settings tell. */
final class ArchiveCommand {
    private static final String EXAMPLE =
            "archive_command = 'pgpitr archive-push %p' (with the path of pgpitr), and reload";

    /** {@code || true}, {@code ; :}, {@code ; exit 0} and the like, at the end. */
    private static final Pattern ALWAYS_SUCCEEDS =
            Pattern.compile("(\\|\\||;)\\s*(/\\S*/)?(true|:|exit\\s+0)\\s*;?\\s*$");

    /** {@code &} at the end: the shell returns at once. */
    private static final Pattern IN_BACKGROUND = Pattern.compile("[^&]&\\s*$");

    /** What is wrong, and what to do. */
    record Fault(String detail, String hint) {}

    private ArchiveCommand() {}

    /**
     * Looks at the settings of a server that archives.
     *
     * @param library {@code archive_library}, empty if not set
     */
    static Optional<Fault> fault(String command, String library) {
        if (!library.isBlank()) {
            return found(
                    "archive_library is \"" + library + "\": the server hands WAL to that library, and never runs "
                            + "archive_command",
                    "set archive_library = '' and " + EXAMPLE);
        }
        if (command.isBlank()) {
            return found("archive_command is not set: WAL piles up in pg_wal", "set " + EXAMPLE);
        }
        String shown = "archive_command is \"" + command + "\"";
        if (!command.contains("pgpitr") || !command.contains("archive-push")) {
            return found(shown + ", which does not name `pgpitr archive-push`", "set " + EXAMPLE);
        }
        if (!command.replace("%%", "").contains("%p")) {
            return found(shown + ", without %p, the segment's path", "set " + EXAMPLE);
        }
        if (ALWAYS_SUCCEEDS.matcher(command).find()
                || IN_BACKGROUND.matcher(command).find()) {
            return found(
                    shown
                            + ", which reports success whatever happens: the server would delete WAL that is not archived",
                    "set " + EXAMPLE);
        }
        return Optional.empty();
    }

    private static Optional<Fault> found(String detail, String hint) {
        return Optional.of(new Fault(detail, hint));
    }
}
