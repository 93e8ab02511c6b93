package org.pgpitr.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.find.TableName;
import org.pgpitr.repository.measured.Measurement;
import org.pgpitr.repository.measured.Measurements;
import org.pgpitr.repository.retention.Pins;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

/** Names of objects, and small texts. */
@Timeout(60)
class NamesFuzzTest {
    private static final BackupId BACKUP = BackupId.parse("20261121T004500Z");

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = new Repository(store, new ClusterName("main"), Keys.none(), 3)
            .create(WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void an_object_is_what_its_key_says_or_nothing() {
        RepositoryLayout layout = generation.layout();
        WalSegmentName segment = WalSegmentName.parse("0000000200000001000000A3");
        String root = layout.indexPrefix().replace("index/", "");
        String digest = "ab".repeat(32);
        Fuzzing.of(
                        "keys",
                        bytes(layout.wal(segment).value()),
                        bytes(layout.broken(segment, digest).value()),
                        bytes(layout.rollUp(256, segment).value()),
                        bytes(root + "catalog/00000002/00000001A3000000." + digest + ".zst"),
                        bytes(layout.sample("all", 20, 12, 7, "claimed").value()),
                        bytes(root + "backup/" + BACKUP + "/data/0003/00000012.tar.zst"))
                .run(bytes -> {
                    if (!ObjectKey.isValid(text(bytes))) {
                        return;
                    }
                    ObjectKey key = ObjectKey.of(text(bytes));
                    layout.walFileAt(key)
                            .ifPresent(file -> assertThat(layout.wal(file)).isEqualTo(key));
                    layout.rollUpAt(key)
                            .ifPresent(found -> assertThat(layout.rollUp(found.segments(), found.first()))
                                    .isEqualTo(key));
                    layout.sampleAt(key)
                            .ifPresent(found -> assertThat(layout.sample(
                                            found.scope(), found.parts(), found.round(), found.part(), found.state()))
                                    .isEqualTo(key));
                    layout.refusedAt(key);
                    layout.capturedNamesAt(key);
                    layout.dataAt(BACKUP.value(), key);
                });
    }

    @Test
    void a_damaged_identity_is_refused_or_one() {
        ObjectKey key = RepositoryLayout.identity(new ClusterName("main"), 1);
        Fuzzing.of(
                        "cluster.json",
                        IdentityJson.write(WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE)),
                        IdentityJson.write(WalFiles.cluster(7, WalFiles.CLUSTER, Encryption.AGE)))
                .run(bytes -> {
                    try {
                        ClusterIdentity read = IdentityJson.read(key, bytes);
                        assertThat(IdentityJson.read(key, IdentityJson.write(read)))
                                .isEqualTo(read);
                    } catch (PgpitrException e) {
                        assertThat(e.exitCode()).isIn(ExitCode.CORRUPT, ExitCode.USAGE);
                    }
                });
    }

    @Test
    void a_key_is_one_or_refused() {
        Fuzzing.of("key", bytes("main/1/wal/00000001/00000000/000000010000000000000042.zst"))
                .run(bytes -> {
                    String text = text(bytes);
                    if (ObjectKey.isValid(text)) {
                        assertThat(ObjectKey.of(text)).hasToString(text);
                    }
                });
    }

    @Test
    void a_cluster_is_named_or_the_name_refused() {
        Fuzzing.of("cluster", bytes("main-2_b"))
                .declaring(IllegalArgumentException.class)
                .run(bytes -> new ClusterName(text(bytes)));
    }

    @Test
    void a_backup_is_an_identifier_or_not() {
        Fuzzing.of("backup", bytes(BACKUP.value())).run(bytes -> BackupId.tryParse(text(bytes)));
    }

    @Test
    void a_table_is_named_or_the_name_refused() {
        Fuzzing.of("table", bytes("shop.\"Public \"\" x\".orders"))
                .declaring(IllegalArgumentException.class)
                .run(bytes -> TableName.parse(text(bytes)));
    }

    @Test
    void a_damaged_measurement_is_passed_over_or_makes_sense() {
        ObjectKey key = ObjectKey.of(generation.layout().measuredPrefix("restore") + "20261121T004500Z-0a1b2c3d.json");
        String measured = "{\"pgpitr\":1,\"host\":\"db1\",\"finished\":\"2026-11-21T00:45:00Z\","
                + "\"bytes\":5368709120,\"milliseconds\":61000}";
        String endless = measured.replace("61000", Long.toString(Long.MAX_VALUE));
        Fuzzing.of("measurement", bytes(measured), bytes(endless)).run(bytes -> {
            store.delete(Set.of(key));
            store.putIfAbsent(key, Content.of(bytes));
            new Measurements(generation)
                    .newest(Measurement.Kind.RESTORE, 1)
                    .forEach(found -> assertThat(found.speed()).isPositive());
        });
    }

    @Test
    void a_damaged_pin_holds() {
        ObjectKey key = generation.layout().pin(BACKUP.value());
        String pin = "{\"pgpitr\":1,\"reason\":\"audit\",\"since\":\"2026-11-21T00:45:00Z\","
                + "\"until\":\"2027-11-21T00:45:00Z\"}";
        Fuzzing.of("pin", bytes(pin)).run(bytes -> {
            store.delete(Set.of(key));
            store.putIfAbsent(key, Content.of(bytes));
            assertThat(new Pins(generation).find(BACKUP)).isPresent();
        });
    }
}
