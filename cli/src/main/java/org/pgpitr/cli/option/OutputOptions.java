package org.pgpitr.cli.option;

import org.pgpitr.cli.output.ProgressDisplay;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.service.Progress;
import picocli.CommandLine.Option;

/** What is printed, and how. */
public final class OutputOptions {
    @Option(
            names = "--json",
            order = 1,
            description = "Print the result, or the error, as JSON (docs/json.md). Progress stays on the standard error"
                    + " output.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            order = 2,
            description = "No progress, no remarks: only the result, warnings and errors.")
    private boolean quiet;

    @Option(names = "--debug", order = 3, description = "Print the stack trace of an error.")
    private boolean debug;

    public boolean json() {
        return json;
    }

    public boolean quiet() {
        return quiet;
    }

    /** Where a job tells how it gets on. */
    public Progress progress(Environment environment) {
        return quiet ? Progress.NONE : ProgressDisplay.of(environment);
    }
}
