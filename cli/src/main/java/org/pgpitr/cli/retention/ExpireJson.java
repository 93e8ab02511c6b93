package org.pgpitr.cli.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.retention.GenerationPlan;
import org.pgpitr.repository.retention.PiecesVerdict;
import org.pgpitr.repository.retention.Reason;
import org.pgpitr.service.expire.ExpirePlan;
import org.pgpitr.service.expire.ExpireReport;
import org.pgpitr.storage.local.StaleFiles;

/** A plan for programs, and what came of it. */
public final class ExpireJson {
    private ExpireJson() {}

    /** A plan; {@code result} is to be added. */
    public static JsonObject of(ExpirePlan plan) {
        List<JsonObject> backups = new ArrayList<>();
        List<JsonObject> wal = new ArrayList<>();
        List<JsonObject> pieces = new ArrayList<>();
        List<JsonObject> interrupted = new ArrayList<>();
        List<String> histories = new ArrayList<>();
        List<JsonObject> companions = new ArrayList<>();
        long unknown = 0;
        for (GenerationPlan generation : plan.retention().generations()) {
            add(generation, backups, wal, interrupted);
            generation.pieces().forEach(verdict -> pieces.add(json(generation.generation(), verdict)));
            generation.backupHistories().forEach(history -> histories.add(history.toString()));
            CompanionStretch.of(generation).forEach(each -> companions.add(companions(generation, each)));
            unknown += generation.unknownObjects();
        }
        return new JsonObject()
                .put("as_of", plan.retention().asOf())
                .put("policy", PolicyText.json(plan.retention().policy()))
                .put("refusal", plan.retention().refusal())
                .put("backups", backups)
                .put("wal", wal)
                .put("stream", pieces)
                .put("backup_history_files", histories)
                .put("companions", companions)
                .put("interrupted", interrupted)
                .put(
                        "temporary_files",
                        plan.staleFiles().stream().map(StaleFiles.Stale::path).toList())
                .put("ended_marks", plan.endedMarks())
                .put("unknown_objects", unknown);
    }

    private static void add(
            GenerationPlan generation, List<JsonObject> backups, List<JsonObject> wal, List<JsonObject> interrupted) {
        generation
                .backups()
                .forEach(backup -> backups.add(new JsonObject()
                        .put("id", backup.id())
                        .put("generation", generation.generation())
                        .put("stopped", backup.summary().map(BackupSummary::stopped))
                        .put("stored_bytes", backup.summary().map(BackupSummary::storedBytes))
                        .put("stays", backup.stays())
                        .put("reasons", reasons(backup.reasons()))
                        .put("defect", backup.defect())));
        generation
                .wal()
                .forEach(range -> wal.add(new JsonObject()
                        .put("generation", generation.generation())
                        .put("timeline", range.range().timeline().value())
                        .put("first", range.first())
                        .put("last", range.last())
                        .put("partial", range.range().form() == WalRange.Form.PARTIAL)
                        .put("files", range.segments())
                        .put("stored_bytes", range.storedBytes())
                        .put("stays", range.stays())
                        .put("reasons", reasons(range.reasons()))));
        generation
                .leftovers()
                .forEach(left -> interrupted.add(new JsonObject()
                        .put("id", left.leftover().id())
                        .put("generation", generation.generation())
                        .put("objects", left.leftover().objects())
                        .put("bytes", left.leftover().bytes())
                        .put("stays", left.stays())
                        .put("reasons", reasons(left.reasons()))));
    }

    private static JsonObject json(int generation, PiecesVerdict verdict) {
        return new JsonObject()
                .put("generation", generation)
                .put("timeline", verdict.pieces().segment().timeline().value())
                .put("segment", verdict.pieces().segment())
                .put("pieces", verdict.pieces().objects())
                .put("stored_bytes", verdict.pieces().storedBytes())
                .put("stays", verdict.stays())
                .put("reasons", reasons(verdict.reasons()))
                .put(
                        "goes_because",
                        verdict.stays() ? null : verdict.fate().name().toLowerCase(Locale.ROOT));
    }

    private static JsonObject companions(GenerationPlan generation, CompanionStretch stretch) {
        return new JsonObject()
                .put("generation", generation.generation())
                .put("kind", stretch.kind().name().toLowerCase(Locale.ROOT))
                .put("timeline", stretch.timeline().value())
                .put("first", stretch.first())
                .put("last", stretch.last())
                .put("objects", stretch.objects())
                .put("stored_bytes", stretch.bytes())
                .put("stays", !stretch.reasons().isEmpty())
                .put("reasons", reasons(stretch.reasons()));
    }

    private static List<JsonObject> reasons(List<Reason> reasons) {
        return reasons.stream()
                .map(reason -> new JsonObject()
                        .put("kind", reason.kind().name().toLowerCase(Locale.ROOT))
                        .put("text", reason.text()))
                .toList();
    }

    /** What a run did. */
    public static JsonObject result(ExpireReport report) {
        return new JsonObject()
                .put(
                        "deleted_backups",
                        report.deletedBackups().stream()
                                .map(gone ->
                                        new JsonObject().put("id", gone.id()).put("generation", gone.generation()))
                                .toList())
                .put(
                        "spared",
                        report.spared().stream()
                                .map(spared -> new JsonObject()
                                        .put("id", spared.id())
                                        .put("generation", spared.generation())
                                        .put("reason", spared.reason())
                                        .put("locked_until", spared.lockedUntil()))
                                .toList())
                .put("wal_files", report.walFiles())
                .put("companions", report.companions())
                .put("freed_bytes", report.freedBytes())
                .put(
                        "refused",
                        report.outcome().refused().entrySet().stream()
                                .map(entry -> new JsonObject()
                                        .put("key", entry.getKey())
                                        .put(
                                                "cause",
                                                entry.getValue().cause().name().toLowerCase(Locale.ROOT))
                                        .put("locked_until", entry.getValue().until()))
                                .toList())
                .put("versions_kept", report.outcome().versionsKept());
    }
}
