package org.pgpitr.service.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.StatusFile;

/** The agent's frame: its components, its lock, what it tells systemd and writes of itself. */
class AgentRunTest {
    @TempDir
    private Path folder;

    private Path data;
    private final StringWriter log = new StringWriter();

    @BeforeEach
    void a_data_directory() throws IOException {
        data = Files.createDirectories(folder.resolve("data"));
        Files.createDirectory(data.resolve("pg_wal"));
    }

    private Spool spool() {
        return new Spool(folder.resolve("spool"), data);
    }

    private Agent agent(Map<String, String> environment, AgentLog.Format format, AgentComponent... components) {
        return new Agent(
                data,
                spool(),
                List.of(components),
                ServiceNotifier.of(environment),
                new AgentLog(new PrintWriter(log, true), format, Clock.systemUTC()),
                Clock.systemUTC(),
                new SimpleMeterRegistry());
    }

    private static Thread started(Agent agent) {
        Thread thread = new Thread(agent::run);
        thread.start();
        return thread;
    }

    private static void stop(Thread thread) throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    /** Runs until it is stopped. */
    private abstract static class Part implements AgentComponent {
        @Override
        public String name() {
            return "part";
        }

        @Override
        public void run() throws InterruptedException {
            new CountDownLatch(1).await();
        }

        @Override
        public Map<String, Object> status() {
            return Map.of();
        }
    }

    /** Fails twice, then works. */
    private static final class Shaky implements AgentComponent {
        private final AtomicInteger runs = new AtomicInteger();
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public String name() {
            return "shaky";
        }

        @Override
        public void run() throws InterruptedException {
            if (runs.incrementAndGet() <= 2) {
                throw new PgpitrException(ExitCode.POSTGRES_UNAVAILABLE, "not \"yet\"", "wait");
            }
            try {
                new CountDownLatch(1).await();
            } finally {
                ended.countDown();
            }
        }

        @Override
        public Map<String, Object> status() {
            return Map.of("runs", runs.get());
        }
    }

    @Test
    void a_component_that_fails_is_begun_anew_and_stopped_with_the_agent() throws Exception {
        Shaky shaky = new Shaky();
        Thread thread = started(agent(Map.of(), AgentLog.Format.JSON, shaky));
        StatusFile status = new StatusFile(spool().status());
        RunningArchiver.await("the third run in the status", () -> runsIn(status) == 3);
        stop(thread);

        assertThat(shaky.ended.getCount()).isZero();
        assertThat(log.toString())
                .contains("\"level\":\"error\",\"component\":\"shaky\"")
                .contains("not \\\"yet\\\" (hint: wait)")
                .contains("stopping");
    }

    private static int runsIn(StatusFile status) {
        try {
            return status.read()
                    .map(facts -> ((Number) ((Map<?, ?>) facts.get("shaky")).get("runs")).intValue())
                    .orElse(0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void an_agent_on_demand_ends_when_none_of_its_components_is_needed() throws Exception {
        Files.writeString(data.resolve("PG_VERSION"), "17");
        AtomicInteger idleSeconds = new AtomicInteger(2);
        AgentComponent needed = new Part() {
            @Override
            public Duration idle() {
                return Duration.ofSeconds(idleSeconds.get());
            }
        };
        Agent agent = agent(Map.of(), AgentLog.Format.TEXT, needed);
        Thread thread = new Thread(() -> agent.runUntilIdle(Duration.ofSeconds(3)));
        thread.start();
        RunningArchiver.await("a sign of life", () -> Files.exists(spool().status()));
        assertThat(thread.isAlive()).isTrue();
        idleSeconds.set(3);
        thread.join();
        assertThat(log.toString()).contains("nothing to do any more");
    }

    @Test
    void of_two_agents_for_one_data_directory_the_second_is_refused() throws Exception {
        Thread first = started(agent(Map.of(), AgentLog.Format.TEXT));
        RunningArchiver.await("the first", () -> log.toString().contains("working for"));
        Assertions.assertThatThrownBy(
                        () -> agent(Map.of(), AgentLog.Format.TEXT).run())
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
        stop(first);
        stop(started(agent(Map.of(), AgentLog.Format.TEXT)));
    }

    @Test
    void an_agent_whose_spool_is_removed_ends_so_that_never_two_work_at_once() throws Exception {
        java.util.concurrent.atomic.AtomicReference<Throwable> end =
                new java.util.concurrent.atomic.AtomicReference<>();
        Thread agent = new Thread(() -> agent(Map.of(), AgentLog.Format.TEXT).run());
        agent.setUncaughtExceptionHandler((thread, thrown) -> end.set(thrown));
        agent.start();
        RunningArchiver.await("the agent", () -> log.toString().contains("working for"));
        Files.delete(spool().lock());
        agent.join();
        assertThat(end.get()).isInstanceOf(PgpitrException.class).hasMessageContaining("was removed");
    }

    @Test
    void systemd_hears_that_it_is_ready_that_it_lives_and_that_it_stops() throws Exception {
        Path socket = folder.resolve("notify");
        try (AFUNIXDatagramSocket systemd = AFUNIXDatagramSocket.newInstance()) {
            systemd.bind(AFUNIXSocketAddress.of(socket));
            Thread thread = started(
                    agent(Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "90000"), AgentLog.Format.TEXT));
            assertThat(receive(systemd)).contains("READY=1");
            assertThat(receive(systemd)).isEqualTo("WATCHDOG=1");
            assertThat(receive(systemd)).isEqualTo("WATCHDOG=1");
            thread.interrupt();
            String last = receive(systemd);
            while (last.equals("WATCHDOG=1")) {
                last = receive(systemd);
            }
            assertThat(last).isEqualTo("STOPPING=1");
            thread.join();
        }
    }

    @Test
    void systemd_hears_that_it_is_ready_only_when_each_part_is_at_work_or_has_failed() throws Exception {
        Path socket = folder.resolve("notify");
        AtomicBoolean atWork = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        AgentComponent slow = new Part() {
            @Override
            public boolean isAtWork() {
                asked.incrementAndGet();
                return atWork.get();
            }
        };
        AgentComponent broken = new Part() {
            @Override
            public void run() {
                throw new PgpitrException(ExitCode.USAGE, "no pipe can be made", null);
            }

            @Override
            public boolean isAtWork() {
                return false;
            }
        };
        try (AFUNIXDatagramSocket systemd = AFUNIXDatagramSocket.newInstance()) {
            systemd.bind(AFUNIXSocketAddress.of(socket));
            Thread thread =
                    started(agent(Map.of("NOTIFY_SOCKET", socket.toString()), AgentLog.Format.TEXT, slow, broken));
            RunningArchiver.await("some looks", () -> asked.get() > 20);
            say(socket, "nothing yet");
            atWork.set(true);
            assertThat(receive(systemd)).isEqualTo("nothing yet");
            assertThat(receive(systemd)).contains("READY=1");
            assertThat(log.toString()).contains("no pipe can be made");
            stop(thread);
        }
    }

    @Test
    void a_part_that_neither_works_nor_fails_for_long_is_named_when_systemd_is_told_ready_all_the_same()
            throws Exception {
        Path socket = folder.resolve("notify");
        AgentComponent slow = new Part() {
            @Override
            public boolean isAtWork() {
                return false;
            }
        };
        try (AFUNIXDatagramSocket systemd = AFUNIXDatagramSocket.newInstance()) {
            systemd.bind(AFUNIXSocketAddress.of(socket));
            Agent agent = new Agent(
                    data,
                    spool(),
                    List.of(slow, new Shaky()),
                    ServiceNotifier.of(Map.of("NOTIFY_SOCKET", socket.toString())),
                    new AgentLog(new PrintWriter(log, true), AgentLog.Format.TEXT, Clock.systemUTC()),
                    Clock.systemUTC(),
                    new SimpleMeterRegistry(),
                    Duration.ofMillis(200));
            Thread thread = started(agent);
            assertThat(receive(systemd)).contains("READY=1");
            assertThat(log.toString()).contains("part is not at work after 0 s").doesNotContain("shaky is not at work");
            stop(thread);
        }
    }

    private static void say(Path socket, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (AFUNIXDatagramSocket sender = AFUNIXDatagramSocket.newInstance()) {
            sender.connect(AFUNIXSocketAddress.of(socket));
            sender.send(new DatagramPacket(bytes, bytes.length));
        }
    }

    @Test
    void systemd_hears_nothing_more_when_a_part_hangs() throws Exception {
        Path socket = folder.resolve("notify");
        AtomicBoolean hangs = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        AgentComponent part = new Part() {
            @Override
            public Duration still() {
                if (!hangs.get()) {
                    return Duration.ZERO;
                }
                asked.incrementAndGet();
                return Duration.ofHours(1);
            }
        };
        try (AFUNIXDatagramSocket systemd = AFUNIXDatagramSocket.newInstance()) {
            systemd.bind(AFUNIXSocketAddress.of(socket));
            Thread thread = started(agent(
                    Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "90000"), AgentLog.Format.TEXT, part));
            assertThat(receive(systemd)).contains("READY=1");
            assertThat(receive(systemd)).isEqualTo("WATCHDOG=1");
            hangs.set(true);
            while (asked.get() < 20) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            thread.interrupt();
            String last = receive(systemd);
            int said = 0;
            while (last.equals("WATCHDOG=1")) {
                said++;
                last = receive(systemd);
            }
            assertThat(last).isEqualTo("STOPPING=1");
            assertThat(said).as("said before it hung").isLessThan(15);
            assertThat(log.toString()).containsOnlyOnce("part has done nothing for 3600 s");
            thread.join();
        }
    }

    private static String receive(AFUNIXDatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[500], 500);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void a_spool_that_others_can_write_to_is_refused() throws IOException {
        Files.createDirectory(folder.resolve("spool"));
        Files.setPosixFilePermissions(folder.resolve("spool"), PosixFilePermissions.fromString("rwxrwxrwx"));
        Assertions.assertThatThrownBy(() -> spool().create())
                .isInstanceOf(PgpitrException.class)
                .hasMessageContaining("can be written to by other users");
    }

    @Test
    void what_a_dead_agent_said_of_itself_is_not_told() throws IOException {
        Files.createDirectories(spool().folder());
        StatusFile status = new StatusFile(spool().status());
        assertThat(status.read()).isEmpty();
        status.write(StatusFile.ofThisProcess(Instant.EPOCH, Instant.EPOCH));
        assertThat(status.read()).isPresent();
        status.write(Map.of("pid", ProcessHandle.current().pid(), "process_started", "2001-01-01T00:00:00Z"));
        assertThat(status.read()).isEmpty();
    }
}
