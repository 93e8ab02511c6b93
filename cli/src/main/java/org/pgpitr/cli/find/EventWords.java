package org.pgpitr.cli.find;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pgpitr.cli.output.Human;
import org.pgpitr.repository.find.DatabaseEffect;
import org.pgpitr.repository.find.FoundEvent;
import org.pgpitr.repository.find.RelationEffect;
import org.pgpitr.repository.find.RowCounts;

/** Events in words. */
final class EventWords {
    private static final int RELATIONS = 8;

    private EventWords() {}

    /** The worst of it, in one line. */
    static String headline(FoundEvent event) {
        if (event instanceof FoundEvent.Named named) {
            return "restore point \"" + named.point().name() + "\"";
        }
        FoundEvent.Commit commit = (FoundEvent.Commit) event;
        int others = commit.databases().size() + commit.relations().size() + commit.moreRelations() - 1;
        String more = others > 0 ? ", and " + Human.count(others, "other", "others") : "";
        return commit.databases().stream()
                        .findFirst()
                        .map(EventWords::database)
                        .or(() -> commit.relations().stream().findFirst().map(EventWords::relation))
                        .orElse("changes no table")
                + more;
    }

    /** Line by line. */
    static List<String> details(FoundEvent.Commit commit) {
        List<String> lines = new ArrayList<>();
        commit.databases().forEach(database -> lines.add(database(database)));
        commit.relations().stream().limit(RELATIONS).forEach(relation -> lines.add(relation(relation)));
        long more = commit.relations().size() - RELATIONS;
        if (more > 0) {
            lines.add("and " + Human.count(more + commit.moreRelations(), "relation", "relations") + " more");
        }
        return lines;
    }

    private static String database(DatabaseEffect effect) {
        return "database " + effect.name() + " " + effect.fate().name().toLowerCase(Locale.ROOT);
    }

    private static String relation(RelationEffect effect) {
        String what = effect.relation()
                .map(known -> switch (known.kind()) {
                    case 'i' -> "index ";
                    case 'S' -> "sequence ";
                    case 'm' -> "materialized view ";
                    default -> "";
                })
                .orElse("");
        String name = what + effect.name() + (effect.database().isEmpty() ? "" : " (" + effect.database() + ")");
        String fate = effect.fate() == RelationEffect.Fate.CHANGED
                ? ""
                : " " + effect.fate().name().toLowerCase(Locale.ROOT);
        String rows = rows(effect.rows());
        return name + fate + (rows.isEmpty() ? "" : (fate.isEmpty() ? ": " : ", ") + rows);
    }

    private static String rows(RowCounts rows) {
        List<String> parts = new ArrayList<>();
        add(parts, rows.deleted(), "deleted");
        add(parts, rows.updated(), "updated");
        add(parts, rows.inserted(), "inserted");
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, long count, String verb) {
        if (count > 0) {
            parts.add((parts.isEmpty() ? Human.count(count, "row", "rows") : String.format(Locale.ROOT, "%,d", count))
                    + " " + verb);
        }
    }
}
