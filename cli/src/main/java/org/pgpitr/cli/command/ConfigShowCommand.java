package org.pgpitr.cli.command;

import java.util.List;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.Columns;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ConfiguredValue;
import org.pgpitr.service.config.Origin;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What holds, and who said so. */
@Command(
        name = "show",
        header = "Print what is configured, and where each value comes from. Secrets are masked.",
        footer = {"  pgpitr config show", "  pgpitr config show --all --json"})
public final class ConfigShowCommand extends PgpitrCommand {
    private final Environment environment;

    @Option(names = "--all", description = "The keys that nobody set and that have no default as well.")
    private boolean all;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public ConfigShowCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Configuration configuration = options.load(environment, List.of());
        List<ConfiguredValue> values = configuration.values().stream()
                .filter(value -> all || value.text().isPresent())
                .toList();
        if (output.json()) {
            new JsonObject()
                    .put("file", configuration.file())
                    .put("values", values.stream().map(ConfigShowCommand::json).toList())
                    .print(environment.out());
            return ExitCode.OK;
        }
        Columns table = new Columns(environment.coloursOut(), "KEY", "VALUE", "FROM");
        for (ConfiguredValue value : values) {
            table.row(value.path(), value.text().orElse("-"), value.origin().toString());
        }
        environment.out().print(table);
        return ExitCode.OK;
    }

    private static JsonObject json(ConfiguredValue value) {
        Origin origin = value.origin();
        return new JsonObject()
                .put("key", value.path())
                .put("value", value.text())
                .put("from", kind(origin))
                .put("where", origin instanceof Origin.Standard ? null : origin);
    }

    private static String kind(Origin origin) {
        if (origin instanceof Origin.File) {
            return "file";
        }
        if (origin instanceof Origin.Variable) {
            return "variable";
        }
        return origin instanceof Origin.Flag ? "flag" : "default";
    }
}
