package org.pgpitr.cli.retention;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pgpitr.cli.output.Columns;
import org.pgpitr.cli.output.Human;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.retention.BackupVerdict;
import org.pgpitr.repository.retention.GenerationPlan;
import org.pgpitr.repository.retention.LeftoverVerdict;
import org.pgpitr.repository.retention.PiecesVerdict;
import org.pgpitr.repository.retention.Reason;
import org.pgpitr.repository.retention.RetentionPlan;
import org.pgpitr.repository.retention.WalVerdict;
import org.pgpitr.service.expire.ExpirePlan;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.local.StaleFiles;

/** A plan for people: everything that goes, and why each thing that stays does. */
public final class ExpirePage {
    private static final int SHOWN_REASONS = 3;

    private final ExpirePlan plan;
    private final ZoneId zone;
    private final boolean coloured;
    private final StringBuilder text = new StringBuilder();

    private ExpirePage(ExpirePlan plan, ZoneId zone, boolean coloured) {
        this.plan = plan;
        this.zone = zone;
        this.coloured = coloured;
    }

    /** Whether titles stand out. */
    public enum Titles {
        PLAIN,
        EMPHASIZED
    }

    /** The page's lines, each with its end. */
    public static String text(ExpirePlan plan, ZoneId zone, Titles titles) {
        return new ExpirePage(plan, zone, titles == Titles.EMPHASIZED).page();
    }

    private String page() {
        RetentionPlan retention = plan.retention();
        line("Kept are " + String.join("; ", PolicyText.backups(retention.policy())) + ". WAL: "
                + PolicyText.wal(retention.policy()) + ".");
        retention.refusal().ifPresent(why -> line("Nothing goes: " + why + "."));
        boolean several = retention.generations().size() > 1;
        for (GenerationPlan generation : retention.generations()) {
            line("");
            if (several) {
                line("Generation " + generation.generation());
            }
            generation(generation);
        }
        others();
        return text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void generation(GenerationPlan generation) {
        if (generation.backups().isEmpty()) {
            line("no backup");
        } else {
            text.append(backups(generation));
        }
        if (!generation.wal().isEmpty()) {
            line("");
            text.append(wal(generation));
        }
        generation.pieces().forEach(pieces -> line(pieces(pieces)));
        if (!generation.companions().isEmpty()) {
            line("");
            text.append(companions(generation));
        }
        generation.leftovers().forEach(left -> line(leftover(left)));
        if (generation.unknownObjects() > 0) {
            line(Human.count(generation.unknownObjects(), "object", "objects")
                    + " among the WAL that pgpitr does not know: never touched");
        }
    }

    private Columns backups(GenerationPlan generation) {
        Columns table = new Columns(coloured, "BACKUP", "ENDED", ">STORED", "", "WHY");
        for (BackupVerdict backup : generation.backups()) {
            table.row(
                    backup.id().toString(),
                    backup.summary()
                            .map(summary -> Human.time(summary.stopped(), zone))
                            .orElse("?"),
                    backup.summary()
                            .map(summary -> Human.size(summary.storedBytes()))
                            .orElse("?"),
                    fate(backup.stays()),
                    why(backup.reasons(), backup.defect()));
        }
        return table;
    }

    private Columns wal(GenerationPlan generation) {
        Columns table = new Columns(coloured, ">TL", "FIRST WAL", "LAST WAL", ">FILES", ">STORED", "", "WHY");
        for (WalVerdict wal : generation.wal()) {
            boolean partial = wal.range().form() == WalRange.Form.PARTIAL;
            table.row(
                    wal.range().timeline().toString(),
                    wal.first().toString(),
                    partial ? ".partial" : wal.last().toString(),
                    Long.toString(wal.segments()),
                    partial ? "?" : Human.size(wal.storedBytes()),
                    fate(wal.stays()),
                    why(wal.reasons(), Optional.empty()));
        }
        return table;
    }

    private static String pieces(PiecesVerdict verdict) {
        return "The stream of " + verdict.pieces().segment() + " ("
                + Human.count(verdict.pieces().objects(), "piece", "pieces") + ", "
                + Human.size(verdict.pieces().storedBytes()) + "): " + fate(verdict.stays()) + ", "
                + (verdict.stays()
                        ? why(verdict.reasons(), Optional.empty())
                        : verdict.fate().text());
    }

    private Columns companions(GenerationPlan generation) {
        Columns table = new Columns(coloured, "BESIDES", ">TL", "FIRST", "LAST", ">FILES", ">STORED", "", "WHY");
        for (CompanionStretch each : CompanionStretch.of(generation)) {
            table.row(
                    switch (each.kind()) {
                        case ROLL_UP -> "index of WAL";
                        case REFUSED -> "broken WAL";
                        case NAMES -> "names";
                    },
                    each.timeline().toString(),
                    name(each.first()),
                    name(each.last()),
                    Long.toString(each.objects()),
                    Human.size(each.bytes()),
                    fate(!each.reasons().isEmpty()),
                    why(each.reasons(), Optional.empty()));
        }
        return table;
    }

    /** Without digest and suffix: they say nothing to people. */
    private static String name(ObjectKey key) {
        return key.lastPart().split("[.]", 2)[0];
    }

    private static String leftover(LeftoverVerdict verdict) {
        return "What is left of backup " + verdict.leftover().id() + ", which has no manifest ("
                + Human.count(verdict.leftover().objects(), "object", "objects") + ", "
                + Human.size(verdict.leftover().bytes()) + "): " + fate(verdict.stays())
                + (verdict.stays() ? ", " + why(verdict.reasons(), Optional.empty()) : "");
    }

    private static String fate(boolean stays) {
        return stays ? "stays" : "goes";
    }

    private static String why(List<Reason> reasons, Optional<String> defect) {
        List<String> words = new ArrayList<>(reasons.stream()
                .limit(reasons.size() == SHOWN_REASONS + 1 ? reasons.size() : SHOWN_REASONS)
                .map(Reason::text)
                .toList());
        if (reasons.size() > SHOWN_REASONS + 1) {
            words.add("and " + (reasons.size() - SHOWN_REASONS) + " reasons more");
        }
        if (reasons.isEmpty()) {
            words.add("-");
        }
        defect.ifPresent(why -> words.add("it can't be recovered: " + why));
        return words.stream().collect(Collectors.joining("; "));
    }

    private void others() {
        if (!plan.staleFiles().isEmpty() || !plan.endedMarks().isEmpty()) {
            line("");
        }
        if (!plan.staleFiles().isEmpty()) {
            long bytes = plan.staleFiles().stream()
                    .mapToLong(StaleFiles.Stale::bytes)
                    .sum();
            line(Human.count(plan.staleFiles().size(), "temporary file", "temporary files")
                    + " of writers that died (" + Human.size(bytes) + "): "
                    + (plan.staleFiles().size() == 1 ? "goes" : "go"));
        }
        plan.endedMarks().forEach(key -> line(key + ", which nothing needs any more: goes"));
    }
}
