package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

@Timeout(120)
class ManifestFuzzTest {
    private static final String SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = BackupFixture.generation(store, Encryption.NONE);
    private final ObjectKey key = generation.layout().manifest(BackupFixture.ID.value());

    private byte[] lines() throws IOException {
        try (ManifestWriter writer = new ManifestWriter(generation, BackupFixture.ID)) {
            for (int i = 0; i < 5; i++) {
                writer.add(ManifestEntry.file("base/5/" + i, 8192, 0600, BackupFixture.TIME)
                        .withSha256(SHA256)
                        .at(new LanePosition(0, 0, i * 7L, i * 3L)));
            }
            List<LaneTotals> totals = List.of(new LaneTotals(0, 1, 5, 1000, 100));
            writer.commit(BackupFixture.summary(BackupFixture.ID, writer, totals), totals);
        }
        try (InputStream in = generation.codec().decode(key, store.open(key).orElseThrow())) {
            return in.readAllBytes();
        }
    }

    @Test
    void a_damaged_manifest_is_read_or_said_to_be_damaged() throws IOException {
        Fuzzing.of("manifest", lines()).cases(10_000).atMost(1 << 20, 64).run(bytes -> {
            store.delete(Set.of(key));
            try (Encoded encoded = generation.codec().encode(Content.of(bytes))) {
                store.putIfAbsent(key, encoded.content());
            }
            try (ManifestReader reader = ManifestReader.open(generation, BackupFixture.ID)) {
                LaneInventory there =
                        LaneInventory.begin(generation, BackupFixture.ID).complete(reader.lanes());
                for (LaneTotals lane : reader.lanes()) {
                    assertThat(there.storedBytes(lane)).isZero();
                }
                while (reader.next().isPresent()) {
                    continue;
                }
                assertThat(ManifestReader.summary(generation, BackupFixture.ID)).isEqualTo(reader.summary());
            } catch (PgpitrException e) {
                // USAGE: of a format that this version does not know
                assertThat(e.exitCode()).isIn(ExitCode.CORRUPT, ExitCode.USAGE);
            }
        });
    }
}
