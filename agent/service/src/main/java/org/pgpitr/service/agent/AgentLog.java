package org.pgpitr.service.agent;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.storage.StorageException;

/** What the agent tells of its work: a line an event. Messages never hold a secret. Safe for several threads. */
public final class AgentLog {
    /** How a line is written. */
    public enum Format {
        /** {@code 2026-11-21T04:00:00Z warning archiver: …}. */
        TEXT,
        /** An object with {@code time}, {@code level}, {@code component} and {@code message}. */
        JSON
    }

    /** Causes may go round in a circle. */
    private static final int DEEPEST = 16;

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

    /**
     * Why something failed that the line before tells of: if it is a defect of pgpitr, where it was thrown, and each cause
     * behind it, in a line each. Of other failures the message tells all.
     */
    public void defect(String component, Throwable failure) {
        boolean isKnown = failure instanceof StorageException
                || (failure instanceof PgpitrException known && known.exitCode() != ExitCode.DEFECT);
        Throwable each = isKnown ? null : failure;
        for (int depth = 0; each != null && depth < DEEPEST; depth++) {
            StackTraceElement[] trace = each.getStackTrace();
            error(
                    component,
                    (depth == 0 ? "this was " : "caused by ") + each + (trace.length == 0 ? "" : ", at " + trace[0]));
            each = each.getCause();
        }
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
