package org.pgpitr.cli.output;

/** Text that stands out on a terminal. Unlike picocli's markup it can hold anything. */
final class Bold {
    private Bold() {}

    static String of(String text) {
        return text.isEmpty() ? text : "\u001b[1m" + text + "\u001b[0m";
    }
}
