package org.pgpitr.service.config;

import static org.pgpitr.service.config.Section.RETENTION;

import java.time.Duration;
import java.time.ZoneId;

/** The keys of {@code [retention]}. */
public final class RetentionKeys {
    private static final int MOST = 100_000;
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    public static final ConfigKey<Integer> COUNT = ConfigKey.of(
                    RETENTION,
                    "count",
                    ValueType.integer(1, MOST),
                    "Keep so many of the newest backups. One that can't be recovered is not counted.")
            .example("7");
    public static final ConfigKey<Duration> AGE = ConfigKey.of(
                    RETENTION, "age", ValueType.time(SHORTEST, LONGEST), "Keep backups that ended within this time.")
            .example("30d");
    public static final ConfigKey<Duration> WINDOW = ConfigKey.of(
                    RETENTION,
                    "window",
                    ValueType.time(SHORTEST, LONGEST),
                    "Keep any moment within this time recoverable: the backups that ended in it, the newest one before it,"
                            + " and all WAL from that one on.")
            .example("14d");
    public static final ConfigKey<Integer> DAILY = calendar("daily", "day", "7");
    public static final ConfigKey<Integer> WEEKLY = calendar("weekly", "week (from Monday on)", "4");
    public static final ConfigKey<Integer> MONTHLY = calendar("monthly", "month", "12");
    public static final ConfigKey<Integer> YEARLY = calendar("yearly", "year", "7");
    static final ConfigKey<ZoneId> TIME_ZONE = ConfigKey.of(
                    RETENTION,
                    "time_zone",
                    ValueType.zone(),
                    "Where days, weeks, months and years begin, such as `Europe/Berlin`.")
            .standard("UTC");
    public static final ConfigKey<Duration> WAL = ConfigKey.of(
                    RETENTION,
                    "wal",
                    ValueType.time(SHORTEST, LONGEST),
                    "How far back WAL is kept without a gap: any moment within this time that a kept backup leads to stays"
                            + " recoverable, older backups keep only the WAL that makes them consistent, and WAL archived"
                            + " within this time stays even if no backup needs it. Without it: all WAL from the oldest kept"
                            + " backup on. `window` is kept in any case.")
            .example("30d");

    private RetentionKeys() {}

    private static ConfigKey<Integer> calendar(String name, String period, String example) {
        return ConfigKey.of(
                        RETENTION,
                        name,
                        ValueType.integer(1, MOST),
                        "Keep the last backup of each " + period + ", of so many that have a backup.")
                .example(example);
    }
}
