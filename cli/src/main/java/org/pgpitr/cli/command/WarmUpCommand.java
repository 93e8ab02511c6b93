package org.pgpitr.cli.command;

import java.io.PrintWriter;
import java.io.Writer;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.config.ConfigurationSample;
import picocli.CommandLine.Command;

/** For the launcher alone: loads what the other commands load, so that Java's archive of parsed classes holds it. */
@Command(name = "warm-up", hidden = true, header = "For the launcher.")
public final class WarmUpCommand extends PgpitrCommand {
    private final Environment environment;

    public WarmUpCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        ConfigurationSample.text();
        new PrintWriter(Writer.nullWriter()).flush();
        return environment == null ? ExitCode.DEFECT : ExitCode.OK;
    }
}
