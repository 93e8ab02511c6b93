package org.pgpitr.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.ObjectVersion;

/** Several processes on one folder: what they create and replace is decided between them as between threads. */
class LocalDiskProcessesTest {
    private static final ObjectKey COUNTER = ObjectKey.of("counter");
    private static final int PROCESSES = 3;
    private static final int ROUNDS = 200;

    @TempDir
    Path folder;

    /** Adds one to a number under compare-and-swap, and claims keys, as often as it is told. */
    public static final class Worker {
        private Worker() {}

        public static void main(String[] args) throws IOException {
            LocalDiskStore store = new LocalDiskStore(Path.of(args[0]));
            int claimed = 0;
            for (int round = 0; round < ROUNDS; round++) {
                if (store.putIfAbsent(ObjectKey.of("claim/" + round / 20 + "/" + round), Content.of(new byte[100]))
                        == PutResult.CREATED) {
                    claimed++;
                }
                while (!increment(store)) {
                    Thread.onSpinWait();
                }
            }
            System.out.println(claimed);
        }

        private static boolean increment(LocalDiskStore store) throws IOException {
            ObjectVersion version = store.stat(COUNTER).map(ObjectStat::version).orElseThrow();
            try (InputStream in = store.open(COUNTER).orElseThrow()) {
                int value = Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
                byte[] next = Integer.toString(value + 1).getBytes(StandardCharsets.US_ASCII);
                Optional<ObjectVersion> replaced = store.replace(COUNTER, Content.of(next), version);
                return replaced.isPresent();
            }
        }
    }

    @Test
    void no_increment_is_lost_and_no_key_is_claimed_twice() throws Exception {
        LocalDiskStore store = LocalDiskStore.create(folder.resolve("repository"));
        store.putIfAbsent(COUNTER, Content.of("0".getBytes(StandardCharsets.US_ASCII)));
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Worker.class.getName(),
                            folder.resolve("repository").toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }
        int claimed = 0;
        for (Process process : processes) {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(process.waitFor()).isZero();
            claimed += Integer.parseInt(said.strip());
        }
        assertThat(claimed).isEqualTo(ROUNDS);
        assertThat(Files.readString(folder.resolve("repository/counter")))
                .isEqualTo(Integer.toString(PROCESSES * ROUNDS));
    }
}
