package org.pgpitr.cli.command;

import java.util.concurrent.Callable;
import org.pgpitr.error.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What all commands have in common: they are called, they have a help, and they end with an exit code. */
@Command(
        synopsisHeading = "%nUsage: ",
        descriptionHeading = "%n",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        abbreviateSynopsis = true,
        sortOptions = false)
abstract class PgpitrCommand implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    abstract ExitCode run() throws Exception;

    @Override
    public Integer call() throws Exception {
        return run().status();
    }
}
