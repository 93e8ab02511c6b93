package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.StoredBytes;
import org.pgpitr.repository.backup.BackupFixture.Compressible;
import org.pgpitr.repository.backup.BackupFixture.Made;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

/** Every flipped bit, cut and missing object is found, and the message names the object. */
class LaneDamageTest {
    private static final long SEED = 20261121;

    private final MemoryStore store = new MemoryStore();
    private final ExecutorService transfers = BackupFixture.daemons(4);

    @AfterEach
    void stop() {
        transfers.shutdownNow();
    }

    private LaneTotals lane(Generation generation) {
        List<Made> entries = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            entries.add(BackupFixture.file("base/5/" + i, 1 << 20, i, Compressible.NO));
        }
        return BackupFixture.write(generation, 0, entries, transfers, new ArrayList<>());
    }

    private PgpitrException failure(Generation generation, LaneTotals totals, String what) {
        byte[] buffer = new byte[1 << 16];
        try (LaneReader reader = new LaneReader(generation, BackupFixture.ID, totals, transfers)) {
            while (reader.next().isPresent()) {
                while (reader.read(buffer, 0, buffer.length) >= 0) {
                    continue;
                }
            }
        } catch (PgpitrException e) {
            return e;
        }
        throw new AssertionError(what + " was not found");
    }

    private byte[] bytes(ObjectKey key) {
        return StoredBytes.of(store, key);
    }

    private void put(ObjectKey key, byte[] bytes) {
        StoredBytes.put(store, key, bytes);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_flipped_bit_anywhere_is_found_and_named(Encryption encryption) throws Exception {
        Generation generation = BackupFixture.generation(store, encryption);
        LaneTotals totals = lane(generation);
        Random random = new Random(SEED);
        for (int round = 0; round < 25; round++) {
            ObjectKey key = generation.layout().data(BackupFixture.ID.value(), 0, random.nextInt(totals.objects()));
            byte[] good = bytes(key);
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            put(key, bad);
            PgpitrException e = failure(generation, totals, "seed " + SEED + ": a bit flipped at " + at + " of " + key);
            assertThat(e.exitCode()).as("byte %d: %s", at, e).isIn(ExitCode.CORRUPT, ExitCode.NO_KEY);
            assertThat(e.getMessage()).contains(key.toString());
            put(key, good);
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_cut_anywhere_is_found_and_named(Encryption encryption) throws Exception {
        Generation generation = BackupFixture.generation(store, encryption);
        LaneTotals totals = lane(generation);
        Random random = new Random(SEED);
        for (int round = 0; round < 15; round++) {
            ObjectKey key = generation.layout().data(BackupFixture.ID.value(), 0, random.nextInt(totals.objects()));
            byte[] good = bytes(key);
            int length = round == 0 ? 0 : random.nextInt(good.length);
            put(key, Arrays.copyOf(good, length));
            PgpitrException e = failure(generation, totals, "seed " + SEED + ": " + key + " cut at " + length);
            assertThat(e.exitCode()).as("cut at %d: %s", length, e).isEqualTo(ExitCode.CORRUPT);
            assertThat(e.getMessage()).contains(generation.layout().backupPrefix(BackupFixture.ID.value()));
            put(key, good);
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_cut_between_two_frames_is_found(Encryption encryption) throws Exception {
        Generation generation = BackupFixture.generation(store, encryption);
        LaneTotals totals = lane(generation);
        ObjectKey key = generation.layout().data(BackupFixture.ID.value(), 0, totals.objects() - 1);
        byte[] plain;
        try (InputStream in = generation.codec().unseal(key, store.open(key).orElseThrow())) {
            plain = in.readAllBytes();
        }
        int frame = (int) Zstd.findFrameCompressedSize(plain);
        try (InputStream in = generation.codec().seal(plain, 0, frame).open()) {
            put(key, in.readAllBytes());
        }
        PgpitrException e = failure(generation, totals, "the cut between frames");
        assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_missing_object_is_found_and_named(Encryption encryption) throws Exception {
        Generation generation = BackupFixture.generation(store, encryption);
        LaneTotals totals = lane(generation);
        for (int i = 0; i < totals.objects(); i++) {
            ObjectKey key = generation.layout().data(BackupFixture.ID.value(), 0, i);
            byte[] good = bytes(key);
            store.delete(List.of(key));
            PgpitrException e = failure(generation, totals, "a missing object");
            assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
            assertThat(e).hasMessageContaining(key + " of backup " + BackupFixture.ID + " is missing");
            put(key, good);
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void two_objects_in_each_others_place_are_found(Encryption encryption) throws Exception {
        Generation generation = BackupFixture.generation(store, encryption);
        LaneTotals totals = lane(generation);
        ObjectKey a = generation.layout().data(BackupFixture.ID.value(), 0, 0);
        ObjectKey b = generation.layout().data(BackupFixture.ID.value(), 0, 1);
        byte[] first = bytes(a);
        put(a, bytes(b));
        put(b, first);
        assertThat(failure(generation, totals, "the swap").exitCode()).isEqualTo(ExitCode.CORRUPT);
    }
}
