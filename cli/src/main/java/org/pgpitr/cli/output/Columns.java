package org.pgpitr.cli.output;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;

/** A table whose columns are as wide as what stands in them. */
public final class Columns {
    private static final int GAP = 2;

    private final List<String[]> rows = new ArrayList<>();
    private final int columns;
    private final Ansi ansi;

    /**
     * @param coloured whether the titles stand out
     * @param titles of the columns; one that begins with {@code >} is aligned to the right
     */
    public Columns(boolean coloured, String... titles) {
        this.ansi = coloured ? Ansi.ON : Ansi.OFF;
        this.columns = titles.length;
        this.alignRight = new boolean[columns];
        String[] plain = new String[columns];
        for (int i = 0; i < columns; i++) {
            alignRight[i] = titles[i].startsWith(">");
            plain[i] = alignRight[i] ? titles[i].substring(1) : titles[i];
        }
        rows.add(plain);
    }

    private final boolean[] alignRight;

    /** Adds a row of as many cells as there are titles. */
    public void row(String... cells) {
        rows.add(cells.clone());
    }

    /** The lines, each with its end. */
    @Override
    public String toString() {
        Column[] layout = new Column[columns];
        int[] widths = new int[columns];
        for (int i = 0; i < columns; i++) {
            int column = i;
            widths[i] =
                    rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
            layout[i] = new Column(widths[i] + (i == 0 ? 0 : GAP), i == 0 ? 0 : GAP, Column.Overflow.TRUNCATE);
        }
        TextTable table = TextTable.forColumns(Help.defaultColorScheme(ansi), layout);
        for (int r = 0; r < rows.size(); r++) {
            Ansi.Text[] cells = new Ansi.Text[columns];
            for (int i = 0; i < columns; i++) {
                String cell = rows.get(r)[i];
                String padded = alignRight[i] ? " ".repeat(widths[i] - cell.length()) + cell : cell;
                cells[i] = ansi.text(r == 0 ? "@|bold " + padded + "|@" : padded.replace("@|", "@ |"));
            }
            table.addRowValues(cells);
        }
        return table.toString();
    }
}
