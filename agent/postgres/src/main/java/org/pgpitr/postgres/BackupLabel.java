package org.pgpitr.postgres;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file that makes a server start from a backup's checkpoint instead of {@code pg_control}'s
 * ({@code build_backup_content()} in {@code src/backend/access/transam/xlogbackup.c}; before 15 in {@code xlog.c}).
 *
 * @param startLsn from where WAL is needed
 * @param startSegment the segment that holds {@code startLsn}
 * @param checkpoint position of the checkpoint record the backup begins with
 * @param method such as {@code streamed}
 * @param from {@code primary} or {@code standby} ({@code master} is older)
 * @param startTime as the server wrote it, in its {@code log_timezone}
 * @param label the user's text
 * @param startTimeline the timeline the backup began on
 * @param incrementalFrom the backup's parent position, for an incremental backup of PostgreSQL 17 or newer
 */
public record BackupLabel(
        Lsn startLsn,
        WalSegmentName startSegment,
        Lsn checkpoint,
        String method,
        String from,
        String startTime,
        String label,
        TimelineId startTimeline,
        Optional<Parent> incrementalFrom) {
    /** The file's path in a data directory. */
    public static final String PATH = "backup_label";

    private static final Pattern START = Pattern.compile("(\\S+) \\(file ([0-9A-F]{24})\\)");

    /** Where the backup began that an incremental one builds upon. */
    public record Parent(Lsn lsn, TimelineId timeline) {}

    public BackupLabel {
        if (!startSegment.timeline().equals(startTimeline)) {
            throw new InvalidFormatException("backup_label: segment " + startSegment + " is not of timeline "
                    + startTimeline + ", on which the backup began");
        }
    }

    /**
     * Reads the file's text. Lines of kinds that are not known here are passed over.
     *
     * @throws InvalidFormatException for any other text
     */
    public static BackupLabel parse(String text) {
        Map<String, String> fields = fields(text);
        Matcher start = START.matcher(required(fields, "START WAL LOCATION"));
        if (!start.matches()) {
            throw new InvalidFormatException(
                    "backup_label: not a start location: \"" + fields.get("START WAL LOCATION") + "\"");
        }
        Optional<Parent> parent = Optional.ofNullable(fields.get("INCREMENTAL FROM LSN"))
                .map(lsn -> new Parent(Lsn.parse(lsn), TimelineId.parse(required(fields, "INCREMENTAL FROM TLI"))));
        return new BackupLabel(
                Lsn.parse(start.group(1)),
                WalSegmentName.parse(start.group(2)),
                Lsn.parse(required(fields, "CHECKPOINT LOCATION")),
                required(fields, "BACKUP METHOD"),
                required(fields, "BACKUP FROM"),
                required(fields, "START TIME"),
                required(fields, "LABEL"),
                TimelineId.parse(required(fields, "START TIMELINE")),
                parent);
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            int colon = line.indexOf(": ");
            if (colon > 0 && fields.putIfAbsent(line.substring(0, colon), line.substring(colon + 2)) != null) {
                throw new InvalidFormatException("backup_label: \"" + line.substring(0, colon) + "\" stands twice");
            }
        }
        return fields;
    }

    private static String required(Map<String, String> fields, String key) {
        String value = fields.get(key);
        if (value == null) {
            throw new InvalidFormatException("backup_label: no line \"" + key + "\"");
        }
        return value;
    }

    /** The file's text, as PostgreSQL writes it; what {@link #parse} reads. */
    @Override
    public String toString() {
        return "START WAL LOCATION: " + startLsn + " (file " + startSegment + ")\n"
                + "CHECKPOINT LOCATION: " + checkpoint + "\n"
                + "BACKUP METHOD: " + method + "\n"
                + "BACKUP FROM: " + from + "\n"
                + "START TIME: " + startTime + "\n"
                + "LABEL: " + label + "\n"
                + "START TIMELINE: " + startTimeline + "\n"
                + incrementalFrom
                        .map(p -> "INCREMENTAL FROM LSN: " + p.lsn() + "\nINCREMENTAL FROM TLI: " + p.timeline() + "\n")
                        .orElse("");
    }
}
