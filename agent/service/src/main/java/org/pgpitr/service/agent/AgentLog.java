package org.pgpitr.service.agent;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the agent tells of its work: a line an event. Messages never hold a secret. Safe for several threads. */
public final class AgentLog {
    /** How a line is written. */
    public enum Format {
        /** {@code 2026-11-21T04:00:00Z warning archiver: …}. */
        TEXT,
        /** An object with {@code time}, {@code level}, {@code component} and {@code message}. */
        JSON
    }

    private final PrintWriter out;
    private final Format format;
    private final Clock clock;

    public AgentLog(PrintWriter out, Format format, Clock clock) {
        this.out = out;
        this.format = format;
        this.clock = clock;
    }

    public void info(String component, String message) {
        line("info", component, message);
    }

    public void warning(String component, String message) {
        line("warning", component, message);
    }

    public void error(String component, String message) {
        line("error", component, message);
    }

    private void line(String level, String component, String message) {
        String time = clock.instant().toString();
        String line = format == Format.TEXT
                ? String.format(Locale.ROOT, "%s %s %s: %s", time, level, component, message.replace("\n", " "))
                : json(time, level, component, message);
        out.println(line);
        out.flush();
    }

    private static String json(String time, String level, String component, String message) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("time", time);
        members.put("level", level);
        members.put("component", component);
        members.put("message", message);
        try {
            return JSON.std.asString(members);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
