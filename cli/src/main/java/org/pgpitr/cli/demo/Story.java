package org.pgpitr.cli.demo;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** The demo's voice: steps with the time since the beginning, what was run, what it said. Lines fit 80 columns. */
final class Story {
    private static final String INDENT = " ".repeat(9);
    private static final int WIDTH = 80;

    private final PrintWriter out;
    private final long begun = System.nanoTime();

    Story(PrintWriter out) {
        this.out = out;
    }

    /** The first line. */
    void begin(String what) {
        wrapped(what).forEach(out::println);
        out.flush();
    }

    /** Something begins. */
    void step(String what) {
        List<String> lines = wrapped(what);
        out.println();
        out.printf(Locale.ROOT, "%6.1fs  %s%n", seconds(), lines.get(0));
        lines.subList(1, lines.size()).forEach(this::line);
        out.flush();
    }

    /** More about it. */
    void tell(String what) {
        wrapped(what).forEach(this::line);
        out.flush();
    }

    /** As it is: a command, or what it said. */
    void quote(String text) {
        text.lines().map(String::stripTrailing).forEach(this::line);
        out.flush();
    }

    private void line(String line) {
        out.println((INDENT + line).stripTrailing());
    }

    private static List<String> wrapped(String text) {
        int width = WIDTH - INDENT.length();
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ", -1)) {
            if (column > 0 && column + 1 + word.length() > width) {
                lines.append('\n');
                column = 0;
            } else if (column > 0) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column += word.length();
        }
        return lines.toString().lines().toList();
    }

    /** Since the beginning. */
    double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }
}
