package org.pgpitr.cli.terminal;

import java.io.Console;
import java.util.Optional;

/**
 * The terminal of this process. The launcher tells which streams go there ({@code pgpitr.terminal}: {@code out},
 * {@code err}, both or none) and how wide it is ({@code pgpitr.columns}), since Java can't ask.
 */
final class ProcessTerminal implements Terminal {
    private static final int LEAST_WIDTH = 60;
    private static final int MOST_WIDTH = 160;
    private static final int USUAL_WIDTH = 100;

    private static boolean shows(String stream) {
        return System.getProperty("pgpitr.terminal", "").contains(stream);
    }

    @Override
    public boolean showsOut() {
        return shows("out");
    }

    @Override
    public boolean showsErr() {
        return shows("err");
    }

    @Override
    public int width() {
        int columns = Integer.getInteger("pgpitr.columns", 0);
        return columns <= 0 ? USUAL_WIDTH : Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, columns));
    }

    @Override
    public Optional<char[]> askSecret(String question) {
        Console console = System.console();
        return console == null ? Optional.empty() : Optional.ofNullable(console.readPassword("%s: ", question));
    }
}
