package org.pgpitr.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Mutations;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.memory.MemoryStore;

class RepositoryTest {
    private static final ClusterName MAIN = new ClusterName("main");
    private static final ClusterIdentity FIRST = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Keys RECIPIENT = Keys.of(List.of(AgeIdentity.generate().recipient()), List.of());

    private final ObjectStore store = new MemoryStore();
    private final Repository repository = new Repository(store, MAIN, Keys.none(), 3);

    private static void assertFails(ThrowingCallable call, ExitCode code, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(code);
            assertThat(e).hasMessageContaining(message);
            assertThat(e.hint()).isPresent();
        });
    }

    private void put(int generation, String json) {
        store.putIfAbsent(
                RepositoryLayout.identity(MAIN, generation), Content.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void before_init_there_is_no_repository() {
        assertThat(repository.generations()).isEmpty();
        assertThat(repository.of(WalFiles.CLUSTER)).isEmpty();
        assertFails(repository::current, ExitCode.NO_REPOSITORY, "there is no cluster \"main\" in memory:");
        assertFails(() -> repository.generation(1), ExitCode.NO_REPOSITORY, "there is no generation 1");
    }

    @Test
    void the_identity_is_json_as_documented() throws IOException {
        repository.create(FIRST);
        try (InputStream in = store.open(ObjectKey.of("main/1/cluster.json")).orElseThrow()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"format\":1,\"generation\":1,\"system_identifier\":\"7312345678901234567\","
                            + "\"postgresql\":17,\"segment_size\":1048576,\"encryption\":\"none\","
                            + "\"created\":\"2026-11-20T14:00:00Z\"}\n");
        }
        assertThat(repository.generations()).containsExactly(FIRST);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_created_generation_is_read_back(Encryption encryption) {
        ClusterIdentity wanted = WalFiles.cluster(1, new SystemIdentifier(-1), encryption);
        Repository here = new Repository(store, MAIN, encryption == Encryption.AGE ? RECIPIENT : Keys.none(), 3);
        assertThat(here.create(wanted).identity()).isEqualTo(wanted);
        assertThat(here.current().identity()).isEqualTo(wanted);
        assertThat(here.current().codec().encryption()).isEqualTo(encryption);
        assertThat(here.of(new SystemIdentifier(-1)).orElseThrow().number()).isEqualTo(1);
    }

    @Test
    void again_on_the_same_cluster_is_success() {
        repository.create(FIRST);
        assertThat(repository.create(FIRST).identity()).isEqualTo(FIRST);
        assertThat(repository.generations()).containsExactly(FIRST);
    }

    @Test
    void another_cluster_is_refused() {
        repository.create(FIRST);
        assertFails(
                () -> repository.create(WalFiles.cluster(1, WalFiles.TWIN, Encryption.NONE)),
                ExitCode.USAGE,
                "belongs to another cluster: there system identifier 7312345678901234567, PostgreSQL 17, segments of 1MB,"
                        + " here system identifier 7312345678901234568");
        assertFails(
                () -> repository.create(WalFiles.cluster(1, WalFiles.CLUSTER, 18, 1 << 20, Encryption.NONE)),
                ExitCode.USAGE,
                "here system identifier 7312345678901234567, PostgreSQL 18");
        assertThat(repository.generations()).containsExactly(FIRST);
    }

    @Test
    void an_upgraded_cluster_gets_the_next_generation_and_the_old_one_stays() {
        repository.create(FIRST);
        ClusterIdentity upgraded = WalFiles.cluster(2, WalFiles.TWIN, 18, 1 << 20, Encryption.NONE);
        repository.create(upgraded);
        assertThat(repository.generations()).containsExactly(FIRST, upgraded);
        assertThat(repository.current().identity()).isEqualTo(upgraded);
        assertThat(repository.generation(1).identity()).isEqualTo(FIRST);
        assertThat(repository.of(WalFiles.CLUSTER).orElseThrow().number()).isEqualTo(1);
    }

    @Test
    void the_newest_generation_of_a_cluster_is_found_by_its_system_identifier() {
        repository.create(FIRST);
        Repository encrypting = new Repository(store, MAIN, RECIPIENT, 3);
        encrypting.create(WalFiles.cluster(2, WalFiles.CLUSTER, Encryption.AGE));
        assertThat(repository.of(WalFiles.CLUSTER).orElseThrow().number()).isEqualTo(2);
    }

    @Test
    void no_generation_is_left_out() {
        repository.create(FIRST);
        assertThatThrownBy(() -> repository.create(WalFiles.cluster(3, WalFiles.CLUSTER, Encryption.NONE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_generation_is_not_created_with_recipients_that_do_not_fit_its_encryption() {
        assertFails(
                () -> repository.create(WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.AGE)),
                ExitCode.USAGE,
                "no recipient is configured");
        assertFails(
                () -> new Repository(store, MAIN, RECIPIENT, 3).create(FIRST),
                ExitCode.USAGE,
                "recipients are configured and the repository is not encrypted");
        assertThat(repository.generations()).isEmpty();
    }

    @Test
    void a_host_whose_configuration_gained_recipients_does_not_write_plaintext_on() {
        repository.create(FIRST);
        Generation current = new Repository(store, MAIN, RECIPIENT, 3).current();
        assertFails(() -> current.codec().requireWritable(), ExitCode.USAGE, "not encrypted");
    }

    @Test
    void a_newer_format_is_refused_plainly() {
        put(1, "{\"format\":2,\"clusters\":[{\"a\":1}]}");
        assertFails(
                repository::current,
                ExitCode.USAGE,
                "the repository is of format 2, and this version of pgpitr knows formats up to 1");
    }

    @Test
    void fields_of_a_newer_version_are_passed_over() {
        put(
                1,
                "{\"format\":1,\"generation\":1,\"note\":{\"a\":[1]},\"system_identifier\":\"5\",\"postgresql\":17,"
                        + "\"segment_size\":1048576,\"encryption\":\"none\",\"created\":\"2026-11-20T14:00:00Z\"}");
        assertThat(repository.current().identity().systemIdentifier()).isEqualTo(new SystemIdentifier(5));
    }

    @Test
    void an_unreadable_identity_is_corrupt_and_never_taken_for_absent() {
        for (String json : List.of("", "{", "[]", "{}", "{\"format\":1}", "{\"format\":\"1\"}", "{\"format\":0}")) {
            MemoryStore damaged = new MemoryStore();
            damaged.putIfAbsent(RepositoryLayout.identity(MAIN, 1), Content.of(json.getBytes(StandardCharsets.UTF_8)));
            Repository there = new Repository(damaged, MAIN, Keys.none(), 3);
            assertFails(there::current, ExitCode.CORRUPT, "main/1/cluster.json is damaged");
            assertFails(() -> there.create(FIRST), ExitCode.CORRUPT, "main/1/cluster.json is damaged");
        }
    }

    @Test
    void an_identity_in_the_wrong_place_is_corrupt() {
        put(1, new String(IdentityJson.write(WalFiles.cluster(2, WalFiles.CLUSTER, Encryption.NONE))));
        assertFails(repository::current, ExitCode.CORRUPT, "it tells of generation 2");
    }

    @Test
    void mutated_identities_are_read_or_refused_and_nothing_else() {
        long seed = 20261120;
        Random random = new Random(seed);
        byte[] good = IdentityJson.write(FIRST);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = Mutations.of(good, random);
            try {
                IdentityJson.read(RepositoryLayout.identity(MAIN, 1), mutated);
            } catch (PgpitrException e) {
                assertThat(e.exitCode()).as("seed " + seed + ", round " + i).isIn(ExitCode.CORRUPT, ExitCode.USAGE);
            }
        }
    }

    @Test
    void of_two_inits_at_once_one_wins_and_the_other_finds_its_identity() throws Exception {
        for (int round = 0; round < 50; round++) {
            MemoryStore raced = new MemoryStore();
            CyclicBarrier start = new CyclicBarrier(2);
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                List<Future<String>> results = List.of(WalFiles.CLUSTER, WalFiles.TWIN).stream()
                        .map(id -> threads.submit(() -> {
                            start.await();
                            try {
                                return new Repository(raced, MAIN, Keys.none(), 3)
                                        .create(WalFiles.cluster(1, id, Encryption.NONE))
                                        .identity()
                                        .systemIdentifier()
                                        .toString();
                            } catch (PgpitrException e) {
                                assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
                                return "refused";
                            }
                        }))
                        .toList();
                List<String> outcomes =
                        List.of(results.get(0).get(), results.get(1).get());
                String winner = new Repository(raced, MAIN, Keys.none(), 3)
                        .current()
                        .identity()
                        .systemIdentifier()
                        .toString();
                assertThat(outcomes).containsExactlyInAnyOrder(winner, "refused");
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void a_lost_response_to_init_is_mended_by_doing_it_again() {
        for (FaultPlan.Moment moment : FaultPlan.Moment.values()) {
            for (int n = 1; n <= 2; n++) {
                MemoryStore disk = new MemoryStore();
                Repository faulty =
                        new Repository(new FaultyStore(disk, FaultPlan.nth(n, moment)), MAIN, Keys.none(), 3);
                try {
                    faulty.create(FIRST);
                } catch (StorageException e) {
                    assertThat(e.isRetryable()).isTrue();
                }
                assertThat(new Repository(disk, MAIN, Keys.none(), 3)
                                .create(FIRST)
                                .identity())
                        .isEqualTo(FIRST);
            }
        }
    }
}
