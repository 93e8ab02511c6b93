package org.pgpitr.cli.demo;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** Holds the application's own list of commits against the tables of the recovered server. */
final class Proof {
    private final Story story;
    private final int rowsBefore;
    private boolean proven = true;

    /** @param rowsBefore of the table {@code orders}, with ids from 1, before the application began */
    Proof(Story story, int rowsBefore) {
        this.story = story;
        this.rowsBefore = rowsBefore;
    }

    /**
     * Shows each comparison.
     *
     * @throws PgpitrException if one of them fails
     */
    void check(PostgresInstance recovered, Instant moment, List<Ledger.Entry> entries) {
        story.step("The proof: the application's own list of commits against the tables");
        Set<Long> wanted = entries.stream()
                .filter(entry -> !entry.committed().isAfter(moment))
                .map(Ledger.Entry::id)
                .collect(Collectors.toSet());
        int later = entries.size() - wanted.size();
        if (wanted.isEmpty() || later == 0) {
            throw new IllegalStateException("nothing to prove: " + wanted.size() + " rows before, " + later + " after");
        }
        String first = recovered.query("select count(*) from orders where id <= " + rowsBefore);
        compare("orders, from before the backup", rowsBefore, Long.parseLong(first));
        for (String table : List.of("orders", "log")) {
            Set<Long> found = recovered.rows("select id from " + table + " where id > " + rowsBefore).stream()
                    .map(Long::valueOf)
                    .collect(Collectors.toSet());
            long there = found.stream().filter(wanted::contains).count();
            compare(table + ", committed up to the moment", wanted.size(), there);
            compare(table + ", committed after it (" + later + " were)", 0, found.size() - there);
        }
        if (!proven) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "the recovered cluster is not the cluster of that moment",
                    "run it again with --keep and look at both servers");
        }
    }

    private void compare(String what, long expected, long found) {
        boolean same = found == expected;
        proven &= same;
        story.quote(String.format(
                Locale.ROOT, "%-39s %7d expected %7d %s", what, expected, found, same ? "there" : "there: WRONG"));
    }
}
