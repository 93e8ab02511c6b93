package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.StatusFile;

/**
 * A receiver that no agent hosts, as it left word of itself in the spool; one that was stopped left none.
 *
 * @param file where the word stands
 * @param facts what it said last
 */
public record LoneReceiver(Path file, Map<String, Object> facts, Condition condition) {
    /** It says something once a second; a machine that is busy may make it late. */
    private static final Duration LONG = Duration.ofSeconds(30);

    /** What became of it. */
    public enum Condition {
        RUNNING,
        /** Its process lives, and has said nothing for long. */
        SILENT,
        /** Its process is gone, and nobody has stopped it. */
        GONE
    }

    /** All of a data directory, by the names of their slots. */
    static List<LoneReceiver> all(Spool spool, Clock clock) throws IOException {
        List<LoneReceiver> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(spool.receivers(), "*.json")) {
            for (Path file : files) {
                StatusFile status = new StatusFile(file);
                Optional<StatusFile.Word> word = status.last();
                if (word.isPresent() && !word.get().isAlive()) {
                    word = status.last(); // it may have been stopped, or begun anew, since it was read
                }
                word.ifPresent(last -> all.add(new LoneReceiver(file, last.facts(), condition(last, clock))));
            }
        } catch (NoSuchFileException e) {
            return List.of(); // no spool, as on most hosts
        }
        all.sort(Comparator.comparing(LoneReceiver::file));
        return List.copyOf(all);
    }

    private static Condition condition(StatusFile.Word word, Clock clock) {
        if (!word.isAlive()) {
            return Condition.GONE;
        }
        // A clock that was set back makes no difference: the next word has the new time.
        Duration since = Duration.between(word.updated(), clock.instant());
        return since.abs().compareTo(LONG) > 0 ? Condition.SILENT : Condition.RUNNING;
    }

    /** Whether it is that slot's. */
    boolean isOf(Object slot) {
        return slot != null && slot.equals(facts.get("slot"));
    }

    /** One sentence with what to do; empty if it runs, whether or not it gets anything. */
    Optional<String> warning() {
        String who = "`pgpitr stream` of slot \"" + facts.get("slot") + "\"";
        String process = who + ", process " + facts.get("pid");
        String updated = String.valueOf(facts.get("updated"));
        return switch (condition) {
            case RUNNING -> Optional.empty();
            case SILENT ->
                Optional.of(process + ", lives and has said nothing since " + updated
                        + " (hint: its log says whether it can't write there; if it hangs, restart it)");
            case GONE ->
                Optional.of(
                        "stopped".equals(facts.get("state")) && facts.get("last_error") != null
                                ? who + " ended at " + updated + ": " + facts.get("last_error")
                                        + " (hint: mend that and start it again; " + removal()
                                : process + ", is gone without having been stopped, last heard of at " + updated
                                        + "; what has not been archived is lost with this host (hint: start it again; "
                                        + removal());
        };
    }

    private String removal() {
        return "where it is not to run any more, remove " + file + ")";
    }
}
