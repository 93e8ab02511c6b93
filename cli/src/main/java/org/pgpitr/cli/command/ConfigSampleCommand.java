package org.pgpitr.cli.command;

import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.config.ConfigurationSample;
import picocli.CommandLine.Command;

/** A configuration file to begin with. */
@Command(
        name = "sample",
        header = "Print a configuration file to begin with, every key explained.",
        footer = "  pgpitr config sample > /etc/pgpitr/pgpitr.toml")
public final class ConfigSampleCommand extends PgpitrCommand {
    private final Environment environment;

    public ConfigSampleCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        environment.out().print(ConfigurationSample.text());
        return ExitCode.OK;
    }
}
