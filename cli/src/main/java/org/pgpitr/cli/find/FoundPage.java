package org.pgpitr.cli.find;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.LabelledPage;
import org.pgpitr.cli.recovery.Shell;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.find.FoundEvent;
import org.pgpitr.repository.find.SearchRange;
import org.pgpitr.repository.find.SearchResult;

/** What was found, for people: the worst first, each with the options to recover to just before and just after it. */
public final class FoundPage {
    private final Found found;
    private final SearchResult result;
    private final ZoneId zone;
    private final List<String> where;

    /** @param where the options that name configuration, repository and cluster, for the command to go on with */
    public FoundPage(Found found, ZoneId zone, List<String> where) {
        this.found = found;
        this.result = found.result();
        this.zone = zone;
        this.where = where;
    }

    /** Puts it on a page. */
    public void print(LabelledPage page) {
        page.title("Searched " + range() + " on timeline " + result.timeline() + ": "
                + Human.count(result.segments(), "segment", "segments") + " read, "
                + Human.count(result.commits(), "commit", "commits") + commitTimes());
        List<FoundEvent> events = result.events();
        if (events.isEmpty()) {
            page.gap().title("Nothing found.");
        }
        for (int i = 0; i < events.size(); i++) {
            page.gap();
            event(page, i + 1, events.get(i));
        }
        long more = result.matches() - events.size();
        if (more > 0) {
            page.gap().title("And " + Human.count(more, "lesser one", "lesser ones") + "; see --limit and --table.");
        }
        if (!result.notes().isEmpty()) {
            page.gap().entry("Mind", result.notes());
        }
        if (!events.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("pgpitr", "plan"));
            words.addAll(found.options(events.get(0).before()));
            words.addAll(where);
            page.gap().verbatim("Go on", List.of(Shell.line(words)));
        }
    }

    private void event(LabelledPage page, int number, FoundEvent event) {
        page.title(number + ". " + EventWords.headline(event));
        if (event instanceof FoundEvent.Commit commit) {
            page.entry(
                    "Committed",
                    Human.exactTime(commit.time(), zone) + ", transaction " + commit.xid() + " at " + commit.lsn()
                            + commit.preparedAs()
                                    .map(name -> ", prepared as \"" + name + "\"")
                                    .orElse(""));
            List<String> details = EventWords.details(commit);
            page.entry("It did", details.size() > 1 ? details : List.of());
            page.entry("Mind", reservations(commit));
        } else {
            page.entry("Made", Human.exactTime(event.time(), zone) + " at " + event.lsn());
        }
        page.verbatim("Just before", List.of(Shell.line(found.options(event.before()))));
        page.verbatim(
                event instanceof FoundEvent.Commit ? "Just after" : "There",
                List.of(Shell.line(found.options(event.after()))));
    }

    private static List<String> reservations(FoundEvent.Commit commit) {
        List<String> sentences = new ArrayList<>();
        if (commit.reading() == FoundEvent.Commit.Reading.MAYBE_PARTLY) {
            sentences.add("It may have begun before the WAL that was read: there may be more than that.");
        }
        if (!commit.from().equals(commit.lsn())) {
            sentences.add("A database's files go before the commit: just before is where that begins, and commits of"
                    + " others from there on are left out too.");
        }
        return sentences;
    }

    private String range() {
        SearchRange range = found.range();
        List<String> parts = new ArrayList<>();
        range.from().ifPresent(from -> parts.add("from " + Human.exactTime(from, zone)));
        range.to().ifPresent(to -> parts.add("to " + Human.exactTime(to, zone)));
        range.fromLsn().map(Lsn::toString).ifPresent(from -> parts.add("from " + from));
        range.toLsn().map(Lsn::toString).ifPresent(to -> parts.add("to " + to));
        return String.join(" ", parts);
    }

    private String commitTimes() {
        if (result.first().isEmpty()) {
            return "";
        }
        return " (" + Human.exactTime(result.first().get(), zone) + " to "
                + Human.exactTime(result.last().orElseThrow(), zone) + ")";
    }
}
