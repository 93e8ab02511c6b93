package org.pgpitr.cli.retention;

import java.util.ArrayList;
import java.util.List;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.repository.retention.KeepCalendar;
import org.pgpitr.repository.retention.RetentionPolicy;
import org.pgpitr.service.config.TimeSpan;

/** A policy in words, and for programs. */
final class PolicyText {
    private PolicyText() {}

    /** What is kept of backups, a phrase each. */
    static List<String> backups(RetentionPolicy policy) {
        List<String> phrases = new ArrayList<>();
        policy.window().ifPresent(span -> phrases.add("any moment of the last " + TimeSpan.print(span)));
        policy.count().ifPresent(count -> phrases.add(count == 1 ? "the newest backup" : "the newest " + count));
        policy.age().ifPresent(span -> phrases.add("all of the last " + TimeSpan.print(span)));
        KeepCalendar calendar = policy.calendar();
        List<String> periods = new ArrayList<>();
        period(periods, calendar.daily(), "day");
        period(periods, calendar.weekly(), "week");
        period(periods, calendar.monthly(), "month");
        period(periods, calendar.yearly(), "year");
        if (!periods.isEmpty()) {
            phrases.add("the last of each of " + String.join(", ", periods) + " (" + calendar.zone() + ")");
        }
        return phrases;
    }

    private static void period(List<String> periods, int count, String name) {
        if (count > 0) {
            periods.add(count + " " + name + (count == 1 ? "" : "s"));
        }
    }

    /** What is kept of WAL. */
    static String wal(RetentionPolicy policy) {
        return policy.wal()
                .map(span -> "without a gap for " + TimeSpan.print(span)
                        + ", and before that what makes kept backups consistent")
                .orElse("all from the oldest kept backup on");
    }

    static JsonObject json(RetentionPolicy policy) {
        KeepCalendar calendar = policy.calendar();
        return new JsonObject()
                .put("count", policy.count())
                .put("age_seconds", policy.age())
                .put("window_seconds", policy.window())
                .put("daily", calendar.daily())
                .put("weekly", calendar.weekly())
                .put("monthly", calendar.monthly())
                .put("yearly", calendar.yearly())
                .put("time_zone", calendar.zone())
                .put("wal_seconds", policy.wal());
    }
}
