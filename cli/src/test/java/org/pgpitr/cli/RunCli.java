package org.pgpitr.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cli.terminal.Terminal;

/** Runs command lines in this process, in a world made for the test. */
final class RunCli {
    static final Instant NOW = Instant.parse("2026-11-21T00:45:00Z");

    private final Map<String, String> variables = new HashMap<>();
    private Terminal terminal = Terminal.NONE;
    private ZoneId zone = ZoneId.of("Europe/Berlin");

    /** What came of it. */
    record Result(int status, String out, String err) {}

    RunCli with(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    RunCli in(ZoneId other) {
        zone = other;
        return this;
    }

    RunCli at(Terminal other) {
        terminal = other;
        return this;
    }

    Result run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Environment environment = new Environment(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                variables,
                Clock.fixed(NOW, zone),
                terminal,
                Path.of("/opt/pgpitr/bin/pgpitr"),
                Path.of("/nonexistent/pgpitr.toml"));
        int status = new Cli(environment).run(args);
        return new Result(status, out.toString(), err.toString());
    }

    /** A person who answers each question with the next of these. */
    static Terminal person(String... answers) {
        return new Terminal() {
            private int asked;

            @Override
            public boolean showsOut() {
                return true;
            }

            @Override
            public boolean showsErr() {
                return true;
            }

            @Override
            public int width() {
                return 80;
            }

            @Override
            public Optional<char[]> askSecret(String question) {
                return Optional.of(answers[asked++].toCharArray());
            }
        };
    }
}
