package org.pgpitr.cli.terminal;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.pgpitr.service.config.ConfigurationSources;

/**
 * All that a command knows of the world.
 *
 * @param out for results
 * @param err for everything that is not the result: errors, warnings, progress
 * @param variables of the process
 * @param clock its zone is the one that times are printed in, and understood in when they name none
 * @param terminal where a person sits
 * @param launcher how PostgreSQL can start this program again, an absolute path
 * @param standardConfiguration where the configuration is when nobody says where
 */
public record Environment(
        PrintWriter out,
        PrintWriter err,
        Map<String, String> variables,
        Clock clock,
        Terminal terminal,
        Path launcher,
        Path standardConfiguration) {
    /** That of this process. */
    public static Environment ofProcess() {
        return new Environment(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.getenv(),
                new LocalClock(),
                new ProcessTerminal(),
                Path.of(System.getProperty("pgpitr.launcher", "pgpitr")).toAbsolutePath(),
                ConfigurationSources.STANDARD_FILE);
    }

    /** Whether what goes to the standard output may be coloured. */
    public boolean coloursOut() {
        return terminal.showsOut() && coloursWanted();
    }

    /** Whether what goes to the standard error output may be coloured. */
    public boolean coloursErr() {
        return terminal.showsErr() && coloursWanted();
    }

    private boolean coloursWanted() {
        return variables.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(variables.get("TERM"));
    }
}
