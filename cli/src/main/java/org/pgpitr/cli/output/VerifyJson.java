package org.pgpitr.cli.output;

import org.pgpitr.error.ExitCode;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.verify.BackupFinding;
import org.pgpitr.service.verify.ContentRead;
import org.pgpitr.service.verify.Finding;
import org.pgpitr.service.verify.GenerationReport;
import org.pgpitr.service.verify.GenerationReport.Verified;
import org.pgpitr.service.verify.Severity;
import org.pgpitr.service.verify.VerifyReport;

/** A verification for programs. */
public final class VerifyJson {
    private VerifyJson() {}

    public static JsonObject of(Configuration configuration, VerifyReport report) {
        return new JsonObject()
                .put("cluster", configuration.clusterName())
                .put("repository", configuration.repository().url())
                .put("depth", report.depth())
                .put("ok", report.exitCode() == ExitCode.OK)
                .put("code", report.exitCode().name())
                .put("exit_status", report.exitCode().status())
                .put(
                        "generations",
                        report.generations().stream()
                                .map(VerifyJson::generation)
                                .toList());
    }

    private static JsonObject generation(GenerationReport report) {
        JsonObject counts = new JsonObject();
        for (Severity severity : Severity.values()) {
            counts.put(severity.id(), report.counts().getOrDefault(severity, 0L));
        }
        return new JsonObject()
                .put("generation", report.generation())
                .put("counts", counts)
                .put(
                        "findings",
                        report.findings().stream().map(VerifyJson::finding).toList())
                .put("verified", verified(report.verified()))
                .put(
                        "part",
                        report.part()
                                .map(part -> new JsonObject()
                                        .put("number", part.number())
                                        .put("parts", part.parts())
                                        .put("round", part.round())))
                .put("continued", report.continued());
    }

    /** What was read before a plan was given, in the same words. */
    public static JsonObject content(ContentRead read) {
        return new JsonObject()
                .put("verified", content(new JsonObject(), read.verified()))
                .put(
                        "findings",
                        read.findings().stream().map(VerifyJson::finding).toList());
    }

    private static JsonObject finding(Finding finding) {
        JsonObject details = new JsonObject();
        finding.details().forEach(details::put);
        return new JsonObject()
                .put("kind", finding.kind())
                .put("severity", finding.severity().id())
                .put("message", finding.message())
                .put("hint", finding.hint())
                .put("backup", backup(finding))
                .put("details", details);
    }

    private static Object backup(Finding finding) {
        return finding instanceof BackupFinding of ? of.backup() : null;
    }

    private static JsonObject verified(Verified verified) {
        JsonObject names = new JsonObject().put("backups", verified.backups()).put("segments", verified.segments());
        return content(names, verified).put("other_objects", verified.besides());
    }

    private static JsonObject content(JsonObject to, Verified verified) {
        return to.put("lanes", verified.lanes())
                .put("files", verified.files())
                .put("file_bytes", verified.fileBytes())
                .put("pages", verified.pages())
                .put("wal_files", verified.walFiles())
                .put("wal_bytes", verified.walBytes())
                .put("wal_records", verified.walRecords());
    }
}
