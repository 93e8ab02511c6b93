package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.spool.Spool;

/** The agent that archive_command starts where it is told to. */
@Tag("scenario")
class OnDemandAgentTest {
    private static final Pattern PID = Pattern.compile("\"pid\" *: *(\\d+)");

    @Test
    void archive_push_starts_an_agent_of_its_own_which_archives_and_goes_when_it_is_idle() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.stopped(
                    work,
                    org.pgpitr.it.kit.Programs.of(work, Majors.newest()),
                    Variant.DISK,
                    InitdbOptions.standard().with(new WalSegmentSize(1 << 20)));
            Path spools = work.folder().resolve("spool");
            source.pgpitr()
                    .variable(Spool.VARIABLE, spools.toString())
                    .variable("PGPITR_AGENT_ON_DEMAND", "always")
                    .variable("PGPITR_AGENT_IDLE_TIMEOUT", "3s");
            source.pgpitr().environment().forEach(source.server()::environment);
            source.server().start();
            source.pgpitr().run("init").expect(org.pgpitr.error.ExitCode.OK);
            source.prepare();
            source.backup();
            Spool spool = new Spool(spools, source.server().dataDirectory().toRealPath());
            Moment[] end = new Moment[1];
            source.server().await("a segment that an agent has archived", () -> {
                end[0] = source.insert("more");
                source.archive();
                return read(spool.status()).contains("\"last_archived\":\"0");
            });
            ProcessHandle agent = agent(spool).orElseThrow();
            assertThat(agent.descendants()).isEmpty();
            String session = Files.readString(Path.of("/proc", Long.toString(agent.pid()), "stat"));
            String[] fields = session.substring(session.lastIndexOf(')') + 2).split(" ");
            assertThat(fields[3]).as("its session").isEqualTo(Long.toString(agent.pid()));
            source.server().await("the end of the agent", () -> !agent.isAlive());
            source.recover().expect(end[0]);
        }
    }

    private static Optional<ProcessHandle> agent(Spool spool) {
        Matcher pid = PID.matcher(read(spool.status()));
        return pid.find() ? ProcessHandle.of(Long.parseLong(pid.group(1))) : Optional.empty();
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
