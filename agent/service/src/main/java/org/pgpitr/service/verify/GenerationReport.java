package org.pgpitr.service.verify;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found in one generation.
 *
 * @param generation counted from 1
 * @param findings the gravest first; of each kind a thousand at most
 * @param counts of all findings, those that are not listed included
 * @param verified what was looked at
 * @param part of a sampled verification, which part this was
 * @param continued how many pieces of work an interrupted run had done already
 */
public record GenerationReport(
        int generation,
        List<Finding> findings,
        Map<Severity, Long> counts,
        Verified verified,
        Optional<Part> part,
        long continued) {
    /**
     * A part of a sampled verification.
     *
     * @param number from 1 to {@code parts}
     * @param round counted from 1
     */
    public record Part(int number, int parts, int round) {}

    /**
     * What was looked at.
     *
     * @param backups whose manifests were read to the end
     * @param segments archived, by name
     * @param lanes read to the end
     * @param files of backups, whose digests are right
     * @param fileBytes of these files
     * @param pages of relations, whose checksums were looked at
     * @param walFiles read to the end, histories included
     * @param walBytes of these files
     * @param walRecords whose CRC and place in the chain were looked at
     * @param besides other objects that were read: of the index, names, refused WAL; segments in pieces of streams
     */
    public record Verified(
            long backups,
            long segments,
            long lanes,
            long files,
            long fileBytes,
            long pages,
            long walFiles,
            long walBytes,
            long walRecords,
            long besides) {
        static final Verified NOTHING = new Verified(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    public GenerationReport {
        findings = List.copyOf(findings);
        counts = counts.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(counts));
    }

    /** That of its gravest finding; empty if there is none at all. */
    public Optional<Severity> gravest() {
        return counts.keySet().stream().min(Comparator.naturalOrder());
    }
}
