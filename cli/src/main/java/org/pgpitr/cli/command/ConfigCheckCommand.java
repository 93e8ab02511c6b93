package org.pgpitr.cli.command;

import java.util.List;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.config.Configuration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Whether the configuration is sound in itself. */
@Command(
        name = "check",
        header = "Read the configuration and tell everything that is wrong with it.",
        description = "Reaches neither the server nor the repository: `pgpitr check` does. Exits with 2 if something is"
                + " wrong.",
        footer = {"  pgpitr config check", "  pgpitr config check --config new.toml"})
public final class ConfigCheckCommand extends PgpitrCommand {
    private final Environment environment;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public ConfigCheckCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Configuration configuration = options.load(environment, List.of());
        String cluster = configuration.clusterName().toString();
        List<String> repositories = configuration.allRepositories().stream()
                .map(repository -> repository.url().toString())
                .toList();
        if (output.json()) {
            new JsonObject()
                    .put("file", configuration.file())
                    .put("cluster", cluster)
                    .put("repositories", repositories)
                    .put("warnings", configuration.warnings())
                    .print(environment.out());
        } else {
            environment
                    .out()
                    .println("the configuration"
                            + configuration.file().map(file -> " in " + file).orElse("") + " is sound: cluster \""
                            + cluster + "\", " + String.join(", ", repositories));
        }
        return ExitCode.OK;
    }
}
