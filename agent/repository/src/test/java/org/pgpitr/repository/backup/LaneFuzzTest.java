package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

/** A tar stream that lies behind right checksums, and objects that are no zstd. */
@Timeout(120)
class LaneFuzzTest {
    /** Of an object, however small it is. */
    private static final long BUFFERS = LaneUploads.OBJECT_BYTES + (1 << 20);

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = BackupFixture.generation(store, Encryption.NONE);
    private final ObjectKey key = generation.layout().data(BackupFixture.ID.value(), 0, 0);

    private static byte[] tar() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<ManifestEntry> entries = List.of(
                ManifestEntry.directory("base", 0700, BackupFixture.TIME),
                ManifestEntry.file("base/" + "long-name-".repeat(20), 700, 0600, BackupFixture.TIME),
                ManifestEntry.link("link", "/somewhere/else/" + "x".repeat(120), BackupFixture.TIME),
                ManifestEntry.file("base/" + "y".repeat(50), 10L << 30, 0600, BackupFixture.TIME));
        for (ManifestEntry entry : entries) {
            out.write(TarForm.header(entry));
            out.write(new byte[(int) Math.min(1024, entry.size())]);
            out.write(new byte[TarForm.padding(entry.size())]);
        }
        return out.toByteArray();
    }

    private void read(byte[] object, long plainBytes) {
        store.delete(Set.of(key));
        store.putIfAbsent(key, Content.of(object));
        LaneTotals totals = new LaneTotals(0, 1, 4, plainBytes, object.length);
        byte[] buffer = new byte[1 << 12];
        try (LaneReader reader = new LaneReader(generation, BackupFixture.ID, totals, Runnable::run)) {
            while (reader.next().isPresent()) {
                while (reader.read(buffer, 0, buffer.length) >= 0) {
                    continue;
                }
            }
        } catch (PgpitrException e) {
            assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
        }
    }

    @Test
    void a_tar_stream_that_lies_is_read_or_said_to_be_damaged() throws IOException {
        Fuzzing.of("tar", tar())
                .cases(2_000)
                .atMost(BUFFERS, 64)
                .run(bytes -> read(Zstd.compress(bytes), bytes.length));
    }

    @Test
    void a_damaged_object_is_read_or_said_to_be_damaged() throws IOException {
        byte[] tar = tar();
        Fuzzing.of("object of a lane", Zstd.compress(tar))
                .cases(2_000)
                .atMost(BUFFERS, 64)
                .run(bytes -> read(bytes, tar.length));
    }
}
