package org.pgpitr.cli.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's voice: steps with the time since the beginning, what was run, what it said. Prose fits 80 columns. */
final class Story {
    /** What is left of 80 columns behind the indent. */
    static final int COLUMNS = 71;

    private static final String INDENT = " ".repeat(80 - COLUMNS);

    private final PrintWriter out;
    private final long begun = System.nanoTime();

    Story(PrintWriter out) {
        this.out = out;
    }

    /** The first line. */
    void begin(String what) {
        out.println(what);
        out.flush();
    }

    /** Something begins. */
    void step(String what) {
        List<String> lines = wrapped(what, COLUMNS - 2);
        out.println();
        out.printf(Locale.ROOT, "%6.1fs  %s%n", seconds(), lines.get(0));
        lines.subList(1, lines.size()).forEach(this::line);
        out.flush();
    }

    /** More about it. */
    void tell(String what) {
        wrapped(what, COLUMNS - 2).forEach(this::line);
        out.flush();
    }

    /** As it is, a command for example. */
    void quote(String text) {
        text.lines().map(String::stripTrailing).forEach(this::line);
        out.flush();
    }

    /** What a program said: its prose is wrapped, its tables are left alone. */
    void hear(String output) {
        for (String line : output.lines().map(String::stripTrailing).toList()) {
            if (line.length() <= COLUMNS || line.strip().contains("  ")) {
                line(line);
            } else {
                String indent = " ".repeat(line.length() - line.stripLeading().length());
                List<String> lines = wrapped(line.strip(), COLUMNS - 2 - indent.length());
                line(indent + lines.get(0));
                lines.subList(1, lines.size()).forEach(rest -> line(indent + "  " + rest));
            }
        }
        out.flush();
    }

    private void line(String line) {
        out.println((INDENT + line).stripTrailing());
    }

    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** Since the beginning. */
    double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }
}
