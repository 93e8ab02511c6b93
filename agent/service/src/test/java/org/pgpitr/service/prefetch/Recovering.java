package org.pgpitr.service.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.archive.ArchiveGet;
import org.pgpitr.service.archive.ArchivesInOrder;
import org.pgpitr.service.archive.WantedGeneration;
import org.pgpitr.service.spool.Delivery;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;
import org.pgpitr.storage.ObjectStore;

/** A data directory in recovery, and a prefetcher at work for it on a real store. */
final class Recovering implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Path data;
    final Spool spool;
    final StringWriter log = new StringWriter();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /** Whether a hook with these variables asks the same repositories. */
    Predicate<Map<String, String>> sameRepositories = variables -> true;
    /** Whether keys or accounts have changed since the repositories were opened. */
    volatile boolean outdated;
    /** Told what is in the folder when a file has been brought for one question. */
    Consumer<List<String>> brought = names -> {};

    private final Path folder;
    private final WalSegmentSize size;
    private ObjectStore store;
    private Prefetcher prefetcher;
    private Thread thread;

    Recovering(Path folder, ObjectStore store, WalSegmentSize size) throws IOException {
        this.folder = folder.toRealPath();
        this.store = store;
        this.size = size;
        data = Files.createDirectories(this.folder.resolve("data"));
        Files.createDirectories(data.resolve("pg_wal"));
        Files.writeString(data.resolve("PG_VERSION"), "17\n");
        Files.writeString(data.resolve("postmaster.pid"), "4242\n");
        Files.writeString(data.resolve("standby.signal"), "");
        spool = new Spool(this.folder.resolve("spool"), data);
        spool.create();
    }

    Recovering on(ObjectStore other) {
        store = other;
        return this;
    }

    Recovering start(int depth) {
        return start(depth, Duration.ofMinutes(5));
    }

    Recovering start(int depth, Duration idleTimeout) {
        return start((long) depth * size.bytes(), idleTimeout);
    }

    Recovering startWithBudget(long bytes) {
        return start(bytes, Duration.ofMinutes(5));
    }

    private Recovering start(long budget, Duration idleTimeout) {
        prefetcher = new Prefetcher(
                data,
                spool,
                Map.of(),
                source -> new Segments(),
                new PrefetchSettings(budget, 2, idleTimeout),
                new AgentLog(new PrintWriter(log, true), AgentLog.Format.TEXT, Clock.systemUTC()),
                Clock.systemUTC(),
                registry);
        thread = new Thread(() -> {
            try {
                prefetcher.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        await("the pipe", () -> Files.exists(spool.recovery().answers()));
        return this;
    }

    private final class Segments implements SegmentSource {
        private final List<Repository> repositories =
                List.of(new Repository(store, new ClusterName("main"), Keys.none(), 3));
        private final WantedGeneration wanted = new WantedGeneration.OfDataDirectory(data);
        private final ArchivesInOrder archives = new ArchivesInOrder(repositories, wanted, warning -> {});

        Segments() {
            outdated = false;
        }

        @Override
        public WalSegmentSize segmentSize() {
            return size;
        }

        @Override
        public boolean fetch(WalSegmentName name, Path place) {
            return archives.fetch(name, place);
        }

        @Override
        public boolean isOf(Map<String, String> variables) {
            return sameRepositories.test(variables);
        }

        @Override
        public boolean isCurrent() {
            return !outdated;
        }

        @Override
        public ArchiveGet.Outcome get(WalFileName file, Path destination, Path place) {
            ArchiveGet.Outcome outcome = new ArchiveGet(repositories, data, warning -> {})
                    .answer(file.toString(), destination, place, wanted);
            brought.accept(List.of(prefetched().toFile().list()));
            return outcome;
        }

        @Override
        public void close() {}
    }

    SpoolOwner owner(String configuration) throws IOException {
        return new RecoverySource(
                        folder.resolve(configuration),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())
                .owner(data, Map.of());
    }

    /** As archive-get does when it has brought a file by itself. */
    void delivered(Object name) throws IOException {
        delivered(name, "pgpitr.toml");
    }

    void delivered(Object name, String configuration) throws IOException {
        Delivery.leave(spool.recovery(), Optional.of(WalFileName.parse(name.toString())), owner(configuration));
    }

    /** As archive-get does when it has found by itself that a file is absent. */
    void asked() throws IOException {
        Delivery.leave(spool.recovery(), Optional.empty(), owner("pgpitr.toml"));
    }

    /** What a hook may take now: whole files that are acknowledged as they are. */
    List<String> takeable() {
        try (Stream<Path> files = Files.list(spool.recovery().acknowledged())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(this::isTakeable)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isTakeable(String name) {
        try {
            return Files.getLastModifiedTime(place(name))
                    .equals(Files.getLastModifiedTime(
                            spool.recovery().acknowledged().resolve(name)));
        } catch (IOException e) {
            return false; // taken or given up meanwhile
        }
    }

    Path prefetched() {
        return data.resolve("pg_wal").resolve(PrefetchFolder.NAME);
    }

    Path place(Object name) {
        return prefetched().resolve(name.toString());
    }

    /** As the launcher does. */
    byte[] take(Object name) throws IOException {
        assertThat(isTakeable(name.toString())).as(name + " can be taken").isTrue();
        Path taken = data.resolve("pg_wal").resolve("RECOVERYXLOG");
        Files.move(place(name), taken, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return Files.readAllBytes(taken);
    }

    /** Where a hook finds what is there for it alone. */
    Path handedOver() {
        return data.resolve("pg_wal").resolve("RECOVERYXLOG");
    }

    /** What the prefetcher answers a hook that asks for a file; one that may be taken is, as the launcher does. */
    String ask(Object name) throws IOException, InterruptedException {
        return ask(name, data, "mv \"$3\" pg_wal/RECOVERYXLOG");
    }

    /**
     * As {@link #ask(Object)}.
     *
     * @param take what it does with a file that is there for it alone, {@code $3}
     */
    String ask(Object name, Path directory, String take) throws IOException, InterruptedException {
        Process hook = new ProcessBuilder(
                        "sh",
                        "-c",
                        """
                read -r once </proc/sys/kernel/random/uuid
                exec 3<>"$1" 4<"$1" 3>&-
                printf '' >"$2.$$.$once"
                read -r answer <&4
                set -- "$1" "$2" "$3.$once"
                case $answer in take*) %s ;; esac
                printf '%%s' "${answer%%%%|*}"
                """.formatted(take),
                        "hook",
                        spool.recovery().answers().toString(),
                        spool.recovery().asked().resolve(name.toString()).toString(),
                        place(name).toString(),
                        "archive-get",
                        name.toString())
                .directory(directory.toFile())
                .start();
        assertThat(hook.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("answered")
                .isTrue();
        return new String(hook.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    void awaitTakeable(Object... names) {
        List<String> expected = Stream.of(names).map(Object::toString).toList();
        await(expected + " to be ready", () -> takeable().equals(expected));
    }

    double count(String metric) {
        return registry.get(metric).counter().count();
    }

    Map<String, Object> status() {
        return prefetcher.status();
    }

    Duration idle() {
        return prefetcher.idle();
    }

    static void await(String what, BooleanSupplier there) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!there.getAsBoolean()) {
            assertThat(System.nanoTime() - until).as("waiting for " + what).isNegative();
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
