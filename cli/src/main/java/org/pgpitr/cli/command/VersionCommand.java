package org.pgpitr.cli.command;

import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.PgpitrVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which pgpitr this is. */
@Command(
        name = "version",
        header = "Print the version of pgpitr and of the Java it runs on.",
        footer = {"  pgpitr version", "  pgpitr version --json"})
public final class VersionCommand extends PgpitrCommand {
    private final Environment environment;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    public VersionCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        String java = System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version");
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (json) {
            new JsonObject()
                    .put("pgpitr", PgpitrVersion.current())
                    .put("java", java)
                    .put("system", system)
                    .print(environment.out());
        } else {
            environment.out().println("pgpitr " + PgpitrVersion.current() + " (" + java + ", " + system + ")");
        }
        return ExitCode.OK;
    }
}
