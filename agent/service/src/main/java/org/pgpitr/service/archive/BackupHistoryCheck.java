package org.pgpitr.service.archive;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/** Whether a backup history file is the one its name says ({@code build_backup_content()} in {@code xlogbackup.c}). */
public final class BackupHistoryCheck {
    private static final Pattern START =
            Pattern.compile("START WAL LOCATION: ([0-9A-F]{1,8}/[0-9A-F]{1,8}) \\(file ([0-9A-F]{24})\\)\n");

    private BackupHistoryCheck() {}

    /** What does not fit, to complete {@code <the file> …}; empty if all does. */
    public static Optional<String> misfit(BackupHistoryName name, String text, WalSegmentSize size) {
        Matcher start = START.matcher(text);
        if (!start.lookingAt()) {
            return Optional.of("does not begin with the start of a backup");
        }
        try {
            Lsn lsn = Lsn.parse(start.group(1));
            WalSegmentName segment = WalSegmentName.parse(start.group(2));
            boolean fits = segment.equals(name.segment())
                    && segment.equals(WalSegmentName.containing(segment.timeline(), lsn, size))
                    && lsn.minus(segment.start(size)) == name.offset();
            return fits ? Optional.empty() : Optional.of("tells of a backup that began at " + lsn + " in " + segment);
        } catch (InvalidFormatException e) {
            return Optional.of("is no backup history: " + e.getMessage());
        }
    }
}
