package org.pgpitr.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.PgpitrVersion;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs its command, and says what went wrong. */
public final class Cli {
    private static final int LEAST_HELP_WIDTH = 80;
    private static final int MOST_HELP_WIDTH = 110;
    private static final String REPORT = "please report it, with this version (%s) and the trace";

    private final Environment environment;

    public Cli(Environment environment) {
        this.environment = environment;
    }

    /** The exit status, as {@code docs/exit-codes.md} has it; {@code archive-get}'s is for the launcher to map. */
    public int run(String... given) {
        String[] args = LeadingOptions.behindCommand(given);
        CommandLine commandLine = Commands.commandLine(environment, List.of(args))
                .setOut(environment.out())
                .setErr(environment.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(environment.coloursOut() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(Math.max(
                        LEAST_HELP_WIDTH,
                        Math.min(MOST_HELP_WIDTH, environment.terminal().width())))
                .setParameterExceptionHandler(this::misused)
                .setExecutionExceptionHandler((thrown, command, result) -> failed(thrown, args));
        try {
            return commandLine.execute(args);
        } catch (Error e) {
            return failed(e, args);
        }
    }

    private int misused(ParameterException thrown, String[] args) {
        String message = message(thrown);
        String command = thrown.getCommandLine().getCommandSpec().qualifiedName();
        List<String> meant =
                thrown instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String hint = meant.isEmpty()
                ? "`" + command + " --help` tells how it is used"
                : "did you mean " + String.join(" or ", meant.subList(0, Math.min(3, meant.size()))) + "?";
        tell(
                new Failure(
                        ExitCode.USAGE,
                        message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1),
                        Optional.of(hint),
                        thrown),
                args);
        return ExitCode.USAGE.status();
    }

    private static String message(ParameterException thrown) {
        if (thrown instanceof UnmatchedArgumentException unmatched
                && !unmatched.isUnknownOption()
                && !unmatched.getUnmatched().isEmpty()) {
            boolean command = !thrown.getCommandLine().getSubcommands().isEmpty();
            return (command ? "no such command: " : "one argument too many: ")
                    + unmatched.getUnmatched().get(0);
        }
        return thrown.getMessage();
    }

    private int failed(Throwable thrown, String[] args) {
        if (Interruption.isUnderWay()) {
            environment.err().println("interrupted");
            return ExitCode.DEFECT.status();
        }
        Failure failure = Failure.of(thrown);
        if (failure.exitCode() == ExitCode.DEFECT && failure.hint().isEmpty()) {
            failure = withReport(failure, args);
        }
        tell(failure, args);
        return failure.exitCode().status();
    }

    private Failure withReport(Failure failure, String[] args) {
        String report = REPORT.formatted(PgpitrVersion.current());
        if (!asked(args, "--debug")) {
            report += trace(failure.cause())
                    .map(file -> "; the trace is in " + file)
                    .orElse("");
        }
        return new Failure(failure.exitCode(), failure.message(), Optional.of(report), failure.cause());
    }

    private Optional<Path> trace(Throwable cause) {
        try {
            Path file = Files.createTempFile("pgpitr-", ".trace");
            Files.writeString(file, stackTrace(cause));
            return Optional.of(file);
        } catch (IOException e) {
            environment.err().println(stackTrace(cause));
            return Optional.empty();
        }
    }

    private static String stackTrace(Throwable cause) {
        StringWriter text = new StringWriter();
        cause.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** On the standard error output for people; with {@code --json} on the standard output for programs as well. */
    private void tell(Failure failure, String[] args) {
        ErrorText text = new ErrorText(environment.err(), environment.coloursErr());
        text.error(failure.message());
        failure.hint().ifPresent(text::hint);
        if (asked(args, "--debug")) {
            environment.err().print(stackTrace(failure.cause()));
        }
        environment.err().flush();
        if (asked(args, "--json")) {
            new JsonObject()
                    .put(
                            "error",
                            new JsonObject()
                                    .put("code", failure.exitCode().name())
                                    .put("exit_status", failure.exitCode().status())
                                    .put("message", failure.message())
                                    .put("hint", failure.hint())
                                    .put("details", failure.details()))
                    .print(environment.out());
        }
    }

    private static boolean asked(String[] args, String option) {
        return Arrays.asList(args).contains(option);
    }
}
