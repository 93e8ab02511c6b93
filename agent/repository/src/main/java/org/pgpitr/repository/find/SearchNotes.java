package org.pgpitr.repository.find;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.repository.catalog.CapturedRelations;
import org.pgpitr.repository.plan.GapCause;

/** What is to be said of a search besides what it found. */
final class SearchNotes {
    private static final int MOST = 20;

    private final WalSegmentSize size;
    private final List<String> notes = new ArrayList<>();

    SearchNotes(WalSegmentSize size) {
        this.size = size;
    }

    private void add(String note) {
        if (notes.size() < MOST) {
            notes.add(note);
        } else if (notes.size() == MOST) {
            notes.add("There is more of that kind.");
        }
    }

    void captured(List<CapturedRelations> captured) {
        if (captured.isEmpty()) {
            add("No names of relations were captured near to it: relations that were not created in the WAL"
                    + " that was read are shown by their file's number (pg_class.relfilenode).");
        }
        Set<String> unread = new TreeSet<>();
        captured.forEach(each -> unread.addAll(each.unread().keySet()));
        unread.remove("template0");
        unread.forEach(database -> add("The relations of database \"" + database
                + "\" could not be read when the names were captured: they are shown by their numbers."));
    }

    void unknownTable(TableName table) {
        add(
                "No table of the name \"" + table.table()
                        + "\" was known when names were captured: it is found only if it was created in the WAL that was read.");
    }

    /** @param alone whether the timeline can be searched from its own first segment on */
    void missingHistory(GapCause.MissingHistory missing, boolean alone) {
        add((alone ? "What comes before timeline " : "Timeline ") + missing.timeline() + " is not searched, since "
                + missing.what() + ". What would mend it: " + missing.mend() + ".");
    }

    void hole(WalSegmentName found, long expected) {
        long missing = found.number(size) - expected;
        add("WAL segment " + WalSegmentName.of(found.timeline(), expected, size)
                + (missing > 1 ? " and " + (missing - 1) + " behind it are" : " is")
                + " not in the archive: what happened there is not known.");
    }

    void broken(WalSegmentName segment, BrokenWalException e) {
        add("Segment " + segment + " was not read to its end: " + e.getMessage() + ".");
    }

    void damaged(WalSegmentName segment, PgpitrException e) {
        add("WAL segment " + segment + " can't be read: " + e.getMessage() + ". What happened there is not known.");
    }

    void streamed(PathSegment segment) {
        add("WAL segment " + segment.name() + " was still being written: it is searched up to " + segment.until()
                + ", as it was streamed. What happened later is not seen.");
    }

    void damagedNames(PgpitrException e) {
        add(e.getMessage() + ": relations that it names are shown by their numbers.");
    }

    void beginOfArchive(ArchivedPath path) {
        add("The archived WAL begins with segment " + path.get(0).name() + ": what happened before is not seen.");
    }

    void endOfArchive(ArchivedPath path) {
        add("The archived WAL ends "
                + (path.size() == 0
                        ? "before it begins"
                        : "with segment " + path.get(path.size() - 1).name())
                + ": what happened later is not seen. On a server that still runs, `select pg_switch_wal()` archives the"
                + " rest.");
    }

    List<String> all() {
        return notes;
    }
}
