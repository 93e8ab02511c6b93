package org.pgpitr.service.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.backup.DamagedPage;
import org.pgpitr.service.Progress;

/** Gathers what all workers found damaged, says it, and fails the backup if it is to fail. Safe for several threads. */
final class DamageReport {
    /** More pages than that are counted but not listed: the summary stays small. */
    static final int LISTED = 1000;

    private static final int SAID_OF_A_FILE = 5;
    private static final int SUSPECTS_KEPT = 10_000;

    private final OnDamage onDamage;
    private final Progress progress;
    private final List<DamagedPage> listed = new ArrayList<>();
    private long damaged;
    private final List<PageCheck.Suspect> suspects = new ArrayList<>();

    DamageReport(OnDamage onDamage, Progress progress) {
        this.onDamage = onDamage;
        this.progress = progress;
    }

    /**
     * Adds what was found in one file.
     *
     * @throws PgpitrException CORRUPT if a page is damaged and that is to fail the backup
     */
    synchronized void add(PageCheck.Findings findings) {
        findings.suspects().stream()
                .limit(Math.max(0, SUSPECTS_KEPT - suspects.size()))
                .forEach(suspects::add);
        addDamaged(findings.damaged());
    }

    private void addDamaged(List<DamagedPage> pages) {
        if (pages.isEmpty()) {
            return;
        }
        if (onDamage == OnDamage.FAIL) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    describe(pages),
                    "find out what is affected (`pg_amcheck`) and mend it from a backup or a standby; with "
                            + "on_damage = \"warn\" the backup is taken nevertheless and records the damage");
        }
        progress.say(describe(pages));
        damaged += pages.size();
        pages.stream().limit(LISTED - listed.size()).forEach(listed::add);
    }

    private static String describe(List<DamagedPage> pages) {
        String blocks = pages.stream()
                .limit(SAID_OF_A_FILE)
                .map(page -> Long.toString(page.block()))
                .collect(Collectors.joining(", "));
        return "the checksum of " + (pages.size() == 1 ? "a page" : pages.size() + " pages") + " of "
                + pages.get(0).path() + " is wrong: " + (pages.size() == 1 ? "block " : "blocks ") + blocks
                + (pages.size() > SAID_OF_A_FILE ? ", ..." : "");
    }

    /**
     * Judges what only the backup's end can tell.
     *
     * @param stop the backup's end; no page that was read before can be newer
     * @return the damaged pages, the first {@value #LISTED} of them
     * @throws PgpitrException as {@link #add}
     */
    synchronized List<DamagedPage> finish(Lsn stop) {
        suspects.stream()
                .filter(suspect -> suspect.lsn().isAfter(stop))
                .map(PageCheck.Suspect::page)
                .collect(Collectors.groupingBy(DamagedPage::path, java.util.TreeMap::new, Collectors.toList()))
                .values()
                .forEach(this::addDamaged);
        if (damaged > LISTED) {
            progress.say(damaged + " pages are damaged; the backup lists " + LISTED + " of them");
        }
        return List.copyOf(listed);
    }

    /** How many pages are kept in memory. */
    synchronized int kept() {
        return listed.size();
    }
}
