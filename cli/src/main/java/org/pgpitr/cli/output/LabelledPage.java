package org.pgpitr.cli.output;

import java.util.ArrayList;
import java.util.List;

/** A page of facts: labels in a column of their own, text beside them, wrapped. */
public final class LabelledPage {
    private static final int LABEL = 14;

    private final StringBuilder text = new StringBuilder();
    private final int width;
    private final boolean coloured;

    /**
     * @param width in columns
     * @param coloured whether titles and labels stand out
     */
    public LabelledPage(int width, boolean coloured) {
        this.width = width;
        this.coloured = coloured;
    }

    /** A line across the page, wrapped. */
    public LabelledPage title(String line) {
        wrapped(line, width).forEach(part -> text.append(emphasized(part)).append('\n'));
        return this;
    }

    public LabelledPage gap() {
        text.append('\n');
        return this;
    }

    /** A label and sentences, each beginning on a new line, wrapped. Without sentences nothing. */
    public LabelledPage entry(String label, List<String> sentences) {
        List<String> lines = sentences.stream()
                .flatMap(sentence -> wrapped(sentence, width - LABEL).stream())
                .toList();
        return verbatim(label, lines);
    }

    public LabelledPage entry(String label, String sentence) {
        return entry(label, List.of(sentence));
    }

    /** As {@link #entry}, but lines stay as long as they are: for what is to be copied. */
    public LabelledPage verbatim(String label, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String shown = i == 0 ? label : "";
            text.append(emphasized(shown))
                    .append(" ".repeat(Math.max(1, LABEL - shown.length())))
                    .append(lines.get(i))
                    .append('\n');
        }
        return this;
    }

    private String emphasized(String words) {
        return coloured ? Bold.of(words) : words;
    }

    private static List<String> wrapped(String sentence, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : sentence.split(" ", -1)) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
                line.append("  ");
            } else if (line.length() > 0) {
                line.append(' ');
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
