package org.pgpitr.service.restore;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.AtLsn;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTarget.EndOfWal;
import org.pgpitr.postgres.RecoveryTarget.Immediate;
import org.pgpitr.postgres.RecoveryTarget.Name;
import org.pgpitr.postgres.RecoveryTarget.Time;
import org.pgpitr.postgres.RecoveryTarget.Xid;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.service.restore.RestoreOptions.Archiving;
import org.pgpitr.service.restore.RestoreOptions.Mode;
import org.pgpitr.service.restore.RestoreOptions.TargetAction;

/** The settings of a recovery, as lines for {@code postgresql.auto.conf}. */
public final class RecoverySettings {
    private static final String HEADER = "# Recovery settings, written by pgpitr restore";
    private static final Pattern EARLIER =
            Pattern.compile("\\s*(recovery_target\\w*|restore_command)\\s*(=|\\s).*", Pattern.CASE_INSENSITIVE);
    private static final List<String> TARGETS = List.of(
            "recovery_target",
            "recovery_target_time",
            "recovery_target_xid",
            "recovery_target_lsn",
            "recovery_target_name");
    /** What PostgreSQL keeps of a time; the zone is written out because it would read another one into it. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss.SSSSSS'+00'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private RecoverySettings() {}

    /**
     * Takes recovery settings of an earlier recovery out: PostgreSQL does not start with two kinds of target.
     *
     * @param conf the file's text
     */
    static String withoutEarlier(String conf) {
        StringBuilder kept = new StringBuilder();
        conf.lines()
                .filter(line -> !line.equals(HEADER) && !EARLIER.matcher(line).matches())
                .forEach(line -> kept.append(line).append('\n'));
        return kept.toString();
    }

    /** The lines to append. */
    static String text(RecoveryTarget target, TimelineHistory path, RestoreOptions options) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        settings(target, path, options)
                .forEach((name, value) ->
                        text.append(name).append(" = ").append(quote(value)).append('\n'));
        return text.toString();
    }

    /**
     * The settings and their values, in the order in which they are written; an empty value unsets what an earlier
     * recovery may have left.
     *
     * @param path the timelines to follow
     */
    public static Map<String, String> settings(RecoveryTarget target, TimelineHistory path, RestoreOptions options) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("restore_command", options.restoreCommand());
        Map<String, String> wanted = target(target);
        // postgresql.conf may hold the target of an earlier recovery: the other kinds are unset, and before ours
        List<String> others = new ArrayList<>(TARGETS);
        others.removeAll(wanted.keySet());
        others.forEach(name -> settings.put(name, ""));
        settings.putAll(wanted);
        boolean follow = options.mode() == Mode.STANDBY && target instanceof EndOfWal;
        settings.put("recovery_target_timeline", follow ? "latest" : timeline(path));
        // also PostgreSQL's default is written: postgresql.conf may hold the action of an earlier recovery
        options.targetAction()
                .or(() -> target instanceof EndOfWal ? Optional.empty() : Optional.of(TargetAction.PAUSE))
                .ifPresent(action ->
                        settings.put("recovery_target_action", action.name().toLowerCase(Locale.ROOT)));
        if (options.archiving() == Archiving.OFF) {
            settings.put("archive_mode", "off");
        }
        return settings;
    }

    /** PostgreSQL takes no number of a timeline whose history is not in the archive; timeline 1 needs none. */
    private static String timeline(TimelineHistory path) {
        boolean unknown = path.ancestors().isEmpty() && !path.timeline().equals(TimelineId.FIRST);
        return unknown ? "current" : path.timeline().toString();
    }

    private static Map<String, String> target(RecoveryTarget target) {
        if (target instanceof EndOfWal) {
            return Map.of();
        }
        if (target instanceof Immediate) {
            return Map.of("recovery_target", "immediate");
        }
        if (target instanceof Name name) {
            return Map.of("recovery_target_name", name.restorePoint());
        }
        if (target instanceof Time time) {
            return bounded("recovery_target_time", time(time.time()), time.bound());
        }
        if (target instanceof Xid xid) {
            return bounded("recovery_target_xid", Long.toUnsignedString(xid.xid()), xid.bound());
        }
        AtLsn lsn = (AtLsn) target;
        return bounded("recovery_target_lsn", lsn.lsn().toString(), lsn.bound());
    }

    private static Map<String, String> bounded(String setting, String value, Bound bound) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(setting, value);
        settings.put("recovery_target_inclusive", bound == Bound.INCLUSIVE ? "on" : "off");
        return settings;
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }

    /**
     * A value as {@code guc-file.l} reads it: in single quotes, with quotes doubled and backslashes escaped.
     */
    static String quote(String value) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\'' -> quoted.append("''");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                default -> quoted.append(c);
            }
        }
        return quoted.append('\'').toString();
    }
}
