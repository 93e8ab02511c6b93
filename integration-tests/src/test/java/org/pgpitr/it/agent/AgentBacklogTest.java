package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentName;

/** An agent that comes to a server which has offered 100,000 segments in vain. */
@Tag("scenario")
class AgentBacklogTest {
    private static final int BACKLOG = 100_000;
    /** How far acknowledgements go ahead of the server at most. */
    private static final int CAP = 256;
    /** Of them so many have content. */
    private static final int REAL = CAP + 24;

    private static final long MOST_MEMORY_KB = 256 << 10;
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Pattern WAITING = Pattern.compile("\"waiting_files\" : (\\d+)");

    @Test
    @DisplayName("Class 33: a backlog of 100,000 files: bounded memory, the order and the cap of acknowledgements hold")
    void a_backlog_of_a_hundred_thousand_files() throws Exception {
        try (Workspace work = new Workspace();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK)) {
            PostgresInstance server = agent.cluster().server();
            server.set("archive_command", "false").reload();
            server.execute("do $$ begin for i in 1.." + REAL
                    + " loop insert into t (label) values ('row'); perform pg_switch_wal(); end loop; end $$");
            server.stop(StopMode.FAST);
            List<String> offered = ready(server);
            assertThat(offered).hasSizeGreaterThanOrEqualTo(REAL);
            offerMore(server, offered);

            agent.startAndWait();
            String last = offered.get(CAP - 1);
            server.await(
                    "the acknowledgements",
                    () -> Files.exists(agent.spool().acknowledged().resolve(last)));
            String status = agent.cluster()
                    .pgpitr()
                    .run("status", "--json")
                    .expect(ExitCode.OK)
                    .out();
            Matcher waiting = WAITING.matcher(status);
            assertThat(waiting.find()).isTrue();
            assertThat(Long.parseLong(waiting.group(1))).isGreaterThanOrEqualTo(BACKLOG - CAP);
            assertThat(acknowledged(agent)).isEqualTo(offered.subList(0, CAP));
            long peak = peakKilobytes(agent.process());
            System.out.println("AgentBacklogTest: the agent's peak is " + peak / 1024 + " MB");
            assertThat(peak).isLessThanOrEqualTo(MOST_MEMORY_KB);
            agent.stop();
        }
    }

    private static List<String> acknowledged(AgentProcess agent) throws IOException {
        try (Stream<Path> files = Files.list(agent.spool().acknowledged())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static long peakKilobytes(Process process) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        assumeTrue(Files.exists(status), "this system does not tell a process's peak memory");
        Matcher peak = PEAK.matcher(Files.readString(status));
        assumeTrue(peak.find(), "this system does not tell a process's peak memory");
        return Long.parseLong(peak.group(1));
    }

    private static List<String> ready(PostgresInstance server) throws IOException {
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("pg_wal/archive_status"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}\\.ready"))
                    .map(name -> name.substring(0, 24))
                    .sorted()
                    .toList();
        }
    }

    private static void offerMore(PostgresInstance server, List<String> offered) throws IOException {
        Path status = server.dataDirectory().resolve("pg_wal/archive_status");
        WalSegmentName last = WalSegmentName.parse(offered.get(offered.size() - 1));
        long number = last.number(AgentProcess.SEGMENT);
        for (int i = offered.size(); i < BACKLOG; i++) {
            number++;
            Files.createFile(
                    status.resolve(WalSegmentName.of(last.timeline(), number, AgentProcess.SEGMENT) + ".ready"));
        }
    }
}
