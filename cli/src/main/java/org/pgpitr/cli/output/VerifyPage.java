package org.pgpitr.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.verify.Depth;
import org.pgpitr.service.verify.GenerationReport;
import org.pgpitr.service.verify.GenerationReport.Verified;
import org.pgpitr.service.verify.Severity;
import org.pgpitr.service.verify.VerifyReport;
import picocli.CommandLine.Help.Ansi;

/** A verification for people: a line a finding, the gravest first, with one hint for all of a kind. */
public final class VerifyPage {
    private static final String INDENT = "          ";

    private final VerifyReport report;
    private final Ansi ansi;
    private final StringBuilder text = new StringBuilder();

    /** @param coloured whether the gravity stands out */
    public VerifyPage(VerifyReport report, boolean coloured) {
        this.report = report;
        this.ansi = coloured ? Ansi.ON : Ansi.OFF;
        report.generations().forEach(this::generation);
        line(verdict());
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void generation(GenerationReport generation) {
        if (report.generations().size() > 1) {
            line("Generation " + generation.generation() + ":");
        }
        FindingsByKind.tell(
                generation.findings(),
                finding -> line(word(finding.severity()) + finding.message()),
                hint -> line(INDENT + ansi.string("@|bold hint:|@ ") + hint));
        long unlisted =
                generation.counts().values().stream().mapToLong(Long::longValue).sum()
                        - generation.findings().size();
        if (unlisted > 0) {
            line(INDENT + "and " + unlisted + " more of the same kinds");
        }
        line("verified: " + verified(generation));
    }

    private String word(Severity severity) {
        return ansi.string(
                switch (severity) {
                    case DAMAGED -> "@|bold,red damaged|@   ";
                    case HOLE -> "@|bold,red hole|@      ";
                    case MINOR -> "@|yellow minor|@     ";
                    case NOT_VERIFIED -> "@|yellow no key|@    ";
                    case NOTE -> "note      ";
                });
    }

    private String verified(GenerationReport generation) {
        Verified done = generation.verified();
        List<String> parts = new ArrayList<>();
        parts.add(Human.count(done.backups(), "manifest", "manifests") + " and the names of "
                + Human.count(done.segments(), "archived WAL file", "archived WAL files"));
        if (!(report.depth() instanceof Depth.Quick)) {
            parts.add("content of " + content(done)
                    + (done.besides() == 0
                            ? ""
                            : " and " + Human.count(done.besides(), "other object", "other objects")));
        }
        generation
                .part()
                .ifPresent(
                        part -> parts.add("part " + part.number() + " of " + part.parts() + ", round " + part.round()));
        if (generation.continued() > 0) {
            parts.add("beside what the interrupted run had found sound");
        }
        return String.join("; ", parts);
    }

    /** How much content was read, of backups and of WAL. */
    public static String content(Verified done) {
        return Human.count(done.lanes(), "lane", "lanes") + " (" + Human.count(done.files(), "file", "files") + ", "
                + Human.size(done.fileBytes()) + ", "
                + Human.count(done.pages(), "page checksum", "page checksums") + ") and "
                + Human.count(done.walFiles(), "WAL file", "WAL files") + " (" + Human.size(done.walBytes()) + ", "
                + Human.count(done.walRecords(), "record", "records") + ")";
    }

    private String verdict() {
        if (report.exitCode() == ExitCode.OK) {
            return report.depth() instanceof Depth.Full
                    ? "nothing is damaged, nothing is missing"
                    : "nothing is missing, and nothing that was read is damaged";
        }
        Map<Severity, String> words = new TreeMap<>();
        words.put(Severity.DAMAGED, count(Severity.DAMAGED, "is damaged", "are damaged"));
        words.put(Severity.HOLE, count(Severity.HOLE, "is a hole", "are holes"));
        words.put(
                Severity.MINOR, count(Severity.MINOR, "is of what no recovery needs", "are of what no recovery needs"));
        words.put(Severity.NOT_VERIFIED, count(Severity.NOT_VERIFIED, "lacks a key", "lack a key"));
        return words.values().stream().filter(word -> !word.isEmpty()).collect(Collectors.joining(", "));
    }

    private String count(Severity severity, String one, String several) {
        long count = report.count(severity);
        return count == 0 ? "" : count + (count == 1 ? " finding " + one : " findings " + several);
    }

    /** The lines, each with its end. */
    @Override
    public String toString() {
        return text.toString();
    }
}
