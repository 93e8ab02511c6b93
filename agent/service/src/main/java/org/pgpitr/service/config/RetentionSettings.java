package org.pgpitr.service.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.retention.KeepCalendar;
import org.pgpitr.repository.retention.RetentionPolicy;

/** {@code [retention]}; what each means stands in {@link RetentionKeys}. */
public record RetentionSettings(
        OptionalInt count,
        Optional<Duration> age,
        Optional<Duration> window,
        KeepCalendar calendar,
        Optional<Duration> wal) {
    static RetentionSettings from(SectionValues values) {
        return new RetentionSettings(
                values.find(RetentionKeys.COUNT).map(OptionalInt::of).orElse(OptionalInt.empty()),
                values.find(RetentionKeys.AGE),
                values.find(RetentionKeys.WINDOW),
                new KeepCalendar(
                        values.find(RetentionKeys.DAILY).orElse(0),
                        values.find(RetentionKeys.WEEKLY).orElse(0),
                        values.find(RetentionKeys.MONTHLY).orElse(0),
                        values.find(RetentionKeys.YEARLY).orElse(0),
                        values.get(RetentionKeys.TIME_ZONE)),
                values.find(RetentionKeys.WAL));
    }

    /**
     * The policy.
     *
     * @throws PgpitrException USAGE if nothing says which backups stay
     */
    public RetentionPolicy policy() {
        RetentionPolicy policy = new RetentionPolicy(count, age, window, calendar, wal);
        if (!policy.keepsBackups()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "nothing says which backups are to be kept, so none may go",
                    "set count, age, window, daily, weekly, monthly or yearly in [retention]; see docs/retention.md");
        }
        return policy;
    }
}
