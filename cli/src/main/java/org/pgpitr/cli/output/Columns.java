package org.pgpitr.cli.output;

import java.util.ArrayList;
import java.util.List;

/** A table whose columns are as wide as what stands in them. */
public final class Columns {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();
    private final boolean coloured;
    private final boolean[] alignRight;

    /**
     * @param coloured whether the titles stand out
     * @param titles of the columns; one that begins with {@code >} is aligned to the right
     */
    public Columns(boolean coloured, String... titles) {
        this.coloured = coloured;
        this.alignRight = new boolean[titles.length];
        String[] plain = new String[titles.length];
        for (int i = 0; i < titles.length; i++) {
            alignRight[i] = titles[i].startsWith(">");
            plain[i] = alignRight[i] ? titles[i].substring(1) : titles[i];
        }
        rows.add(plain);
    }

    /** Adds a row of as many cells as there are titles. */
    public void row(String... cells) {
        if (cells.length != alignRight.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + alignRight.length + " columns");
        }
        rows.add(cells.clone());
    }

    /** The lines, each with its end. */
    @Override
    public String toString() {
        int[] widths = new int[alignRight.length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            String line = line(row, widths).stripTrailing();
            text.append(row == rows.get(0) && coloured ? Bold.of(line) : line).append('\n');
        }
        return text.toString();
    }

    private String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - row[i].length());
            line.append(i == 0 ? "" : GAP).append(alignRight[i] ? padding + row[i] : row[i] + padding);
        }
        return line.toString();
    }
}
