package org.pgpitr.cli.recovery;

import java.util.List;
import java.util.stream.Collectors;

/** Words for a POSIX shell. */
public final class Shell {
    private Shell() {}

    /** The word itself, in single quotes if the shell would read anything else into it. */
    public static String quote(String word) {
        return word.matches("[A-Za-z0-9_./:=@+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Words to a line. */
    public static String line(List<String> words) {
        return words.stream().map(Shell::quote).collect(Collectors.joining(" "));
    }
}
