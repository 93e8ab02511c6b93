package org.pgpitr.cli.output;

import java.io.PrintWriter;
import picocli.CommandLine.Help.Ansi;

/** Errors, hints and warnings as people read them: the word in front tells which it is. */
public record ErrorText(PrintWriter err, boolean coloured) {
    public void error(String message) {
        line("@|bold,red error:|@", message);
    }

    public void hint(String message) {
        line("@|bold hint:|@", message);
    }

    public void warning(String message) {
        line("@|bold,yellow warning:|@", message);
    }

    private void line(String word, String message) {
        err.println((coloured ? Ansi.ON : Ansi.OFF).string(word) + " " + message);
    }
}
