package org.pgpitr.service.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.service.restore.RestoreFixture.Item;
import org.pgpitr.storage.memory.MemoryStore;

/** What is not what the manifest says is never restored as if it were. */
class DamagedBackupTest {
    @TempDir
    Path folder;

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = RestoreFixture.generation(store, Encryption.NONE);
    private final RestoreFixture fixture = RestoreFixture.dataDirectory(21);

    private PgpitrException failure(BackupSummary backup) {
        Path into = folder.resolve("data");
        PgpitrException[] failure = new PgpitrException[1];
        assertThatThrownBy(() -> RestoreFixture.restore(generation, backup, into))
                .isInstanceOfSatisfying(PgpitrException.class, e -> failure[0] = e);
        assertThat(failure[0].exitCode()).as("%s", failure[0]).isEqualTo(ExitCode.CORRUPT);
        assertThat(failure[0].hint()).isPresent();
        RestoredTree.assertUnfinished(into);
        return failure[0];
    }

    /** Class 15: zero pages in a stored file, with every checksum of the storage format right. */
    @Test
    void zero_pages_in_the_place_of_data_are_found_and_the_file_is_named() {
        String path = "base/1/big";
        byte[] good = fixture.items().get(path).content();
        byte[] zeroed = good.clone();
        Arrays.fill(zeroed, 8192, 16384, (byte) 0);
        fixture.lanes
                .get(0)
                .replaceAll(item -> item.entry().path().equals(path)
                        ? new Item(item.entry().withSha256(RestoreFixture.sha256(good)), zeroed)
                        : item);
        assertThat(failure(fixture.store(generation))).hasMessageContaining("\"" + path + "\"");
    }

    /** Class 17: a part of the backup that isn't there. */
    @Test
    void a_missing_object_is_named() {
        BackupSummary backup = fixture.store(generation);
        store.delete(List.of(generation.layout().data(RestoreFixture.ID.value(), 0, 1)));
        assertThat(failure(backup)).hasMessageContaining("data/0000/000001.tar.zst");
    }

    /** Class 17. */
    @Test
    void a_file_that_the_manifest_lists_and_the_lane_lacks_is_named() {
        fixture.listed = entry -> entry.path().equals("base/2/executable")
                ? ManifestEntry.file("base/2/other", entry.size(), entry.mode(), entry.modified())
                        .withSha256(entry.sha256().orElseThrow())
                        .at(entry.position().orElseThrow())
                : entry;
        assertThat(failure(fixture.store(generation))).hasMessageContaining("\"base/2/other\"");
    }

    /** Class 17, the other way round. */
    @Test
    void a_file_that_the_lane_has_and_the_manifest_does_not_is_found() {
        fixture.listed = entry -> entry.path().equals("base/1/big") ? null : entry;
        assertThat(failure(fixture.store(generation)).getMessage()).contains(RestoreFixture.ID.value());
    }

    @Test
    void another_size_or_kind_than_the_manifests_is_found() {
        fixture.listed = entry -> entry.path().equals("pg_replslot")
                ? ManifestEntry.file("pg_replslot", 0, 0600, entry.modified())
                        .withSha256(RestoreFixture.sha256(new byte[0]))
                        .at(entry.position().orElseThrow())
                : entry;
        assertThat(failure(fixture.store(generation))).hasMessageContaining("\"pg_replslot\"");
    }

    @Test
    void a_file_that_is_there_twice_is_found() {
        fixture.lanes.get(1).add(Item.file("PG_VERSION", new byte[] {1}));
        assertThat(failure(fixture.store(generation))).hasMessageContaining("\"PG_VERSION\" is in the backup twice");
    }

    /** Class 31: nothing that lacks pg_control is ever called restored. */
    @Test
    void a_backup_without_pg_control_is_no_restore() {
        fixture.lanes.get(2).removeIf(item -> item.entry().path().equals("global/pg_control"));
        assertThat(failure(fixture.store(generation))).hasMessageContaining("global/pg_control");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "/etc/evil",
                "base/../../evil",
                "base//evil",
                "./evil",
                "base/./evil",
                "",
                "base/",
                "a\0b",
                "pg_tblspc/16385/../../../evil",
                "pgpitr_restore_unfinished",
                "global/pg_control.unfinished"
            })
    void a_hostile_name_is_refused_before_anything_is_written(String name) throws Exception {
        fixture.listed = entry -> entry.path().equals("base/2/executable")
                ? ManifestEntry.file(name, entry.size(), entry.mode(), entry.modified())
                        .withSha256(entry.sha256().orElseThrow())
                        .at(entry.position().orElseThrow())
                : entry;
        BackupSummary backup = fixture.store(generation);
        assertThat(failure(backup)).hasMessageContaining("can't be in a data directory");
        try (var children = Files.list(folder)) {
            assertThat(children).isEmpty();
        }
    }

    @Test
    void nothing_is_written_through_a_link_of_the_backup() throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        fixture.lanes.get(0).add(1, Item.of(ManifestEntry.link("base/9", outside.toString(), RestoreFixture.TIME)));
        fixture.lanes.get(0).add(2, Item.file("base/9/evil", new byte[] {1}));
        assertThat(failure(fixture.store(generation))).hasMessageContaining("is both a link and something else");
        try (var children = Files.list(outside)) {
            assertThat(children).isEmpty();
        }
    }

    @Test
    void a_file_in_the_place_of_a_directory_is_damage_of_the_backup() {
        fixture.lanes.get(0).add(1, Item.file("base/5", new byte[] {1}));
        fixture.lanes.get(0).add(2, Item.file("base/5/16384", new byte[] {1}));
        assertThat(failure(fixture.store(generation))).hasMessageContaining("both a directory and something else");
    }
}
