package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.it.kit.Pgpitr;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.service.spool.Spool;

/** The systemd unit of the samples, as it stands, with this test in systemd's place. */
@Tag("scenario")
class AgentUnitTest {
    @Test
    void the_unit_starts_the_agent_hears_that_it_is_ready_and_lives_and_stops_it() throws Exception {
        Map<String, String> unit = TestDistribution.unit("pgpitr-agent.service");
        assertThat(unit)
                .containsEntry("Type", "notify")
                .containsEntry("ExecStart", TestDistribution.INSTALLED + " agent");
        assertThat(Path.of("/run", unit.get("RuntimeDirectory"))).isEqualTo(Spool.STANDARD);
        long watchdog = Long.parseLong(unit.get("WatchdogSec").replace("s", ""));
        try (Workspace work = new Workspace();
                AFUNIXDatagramSocket systemd = AFUNIXDatagramSocket.newInstance();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK)) {
            Path socket = work.folder().resolve("notify");
            systemd.bind(AFUNIXSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
            agent.cluster()
                    .pgpitr()
                    .variable("NOTIFY_SOCKET", socket.toString())
                    .variable("WATCHDOG_USEC", Long.toString(TimeUnit.SECONDS.toMicros(watchdog)));
            agent.start();
            assertThat(receive(systemd)).startsWith("READY=1");
            assertThat(agent.spool().answers()).as("what hooks ask").exists();
            assertThat(agent.spool().recovery().answers()).exists();
            assertThat(receive(systemd)).isEqualTo("WATCHDOG=1");
            agent.cluster().insert("row");
            agent.cluster().archive();
            agent.process().destroy();
            String last = receive(systemd);
            while (last.equals("WATCHDOG=1")) {
                last = receive(systemd);
            }
            assertThat(last).isEqualTo("STOPPING=1");
            assertThat(agent.process().waitFor()).isEqualTo(Integer.parseInt(unit.get("SuccessExitStatus")));
        }
    }

    private static String receive(AFUNIXDatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[500], 500);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pgpitr-agent.service", "pgpitr-stream.service"})
    void systemd_itself_has_nothing_to_say_against_the_unit(String name) throws Exception {
        assumeTrue(
                Program.run(List.of("sh", "-c", "command -v systemd-analyze"), Path.of("/"), System.getenv())
                        .succeeded(),
                "systemd-analyze is not installed");
        try (Workspace work = new Workspace()) {
            Path unit = Files.writeString(
                    work.folder().resolve(name),
                    Files.readString(TestDistribution.sample("systemd/" + name))
                            .replace(
                                    TestDistribution.INSTALLED,
                                    Pgpitr.launcher().toString()));
            Program verified = Program.run(
                    List.of("systemd-analyze", "verify", "--man=no", unit.toString()), work.folder(), System.getenv());
            assertThat(verified.output()).isEmpty();
            assertThat(verified.status()).isZero();
        }
    }
}
