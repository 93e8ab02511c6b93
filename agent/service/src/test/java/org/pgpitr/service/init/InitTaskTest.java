package org.pgpitr.service.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.init.InitResult.Outcome;
import org.pgpitr.service.init.InitTarget.ConditionalWrites;
import org.pgpitr.service.init.InitTask.Upgrade;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.local.LocalDiskStore;
import org.pgpitr.storage.memory.MemoryStore;

class InitTaskTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:45:00Z");
    private static final ClusterFacts OLD = new ClusterFacts(
            SystemIdentifier.parse("7312345678901234567"), new PostgresMajor(17), new WalSegmentSize(16 << 20));
    private static final ClusterFacts NEW = new ClusterFacts(
            SystemIdentifier.parse("7399999999999999999"), new PostgresMajor(18), new WalSegmentSize(16 << 20));

    private final MemoryStore store = new MemoryStore();

    @TempDir
    Path folder;

    @Test
    void a_cluster_gets_its_place() {
        InitResult result = init(OLD, Upgrade.REFUSE, target(store));

        assertThat(result)
                .isEqualTo(new InitResult(
                        store.location(),
                        Outcome.CREATED,
                        new ClusterIdentity(
                                1, 1, OLD.systemIdentifier(), OLD.major(), OLD.segmentSize(), Encryption.NONE, NOW)));
        assertThat(repository(store, Keys.none()).generations()).containsExactly(result.identity());
        List<String> objects = new ArrayList<>();
        store.list("", (key, stat) -> {
            objects.add(key.value());
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        assertThat(objects).as("the probe leaves nothing").containsExactly("main/1/cluster.json");
    }

    @Test
    void the_same_cluster_again_is_success() {
        InitResult first = init(OLD, Upgrade.REFUSE, target(store));
        for (Upgrade upgrade : Upgrade.values()) {
            InitResult again = init(OLD, upgrade, target(store));
            assertThat(again.outcome()).isEqualTo(Outcome.ALREADY_THERE);
            assertThat(again.identity()).isEqualTo(first.identity());
        }
        assertThat(repository(store, Keys.none()).generations()).hasSize(1);
    }

    @Test
    void another_cluster_is_refused() {
        init(OLD, Upgrade.REFUSE, target(store));
        PgpitrException refused = refusal(() -> init(NEW, Upgrade.REFUSE, target(store)));
        assertThat(refused)
                .hasMessage("cluster \"main\" in " + store.location() + " is another one: system identifier "
                        + "7312345678901234567, PostgreSQL 17, segments of 16MB; this one is system identifier "
                        + "7399999999999999999, PostgreSQL 18, segments of 16MB");
        assertThat(refused.hint())
                .contains(
                        "after a major upgrade run `pgpitr init --upgrade`; another cluster needs a name of its own in "
                                + "[cluster]");
    }

    @Test
    void an_upgrade_opens_a_new_generation_and_keeps_the_old_one() {
        InitResult old = init(OLD, Upgrade.REFUSE, target(store));
        InitResult upgraded = init(NEW, Upgrade.ALLOW, target(store));

        assertThat(upgraded.outcome()).isEqualTo(Outcome.UPGRADED);
        assertThat(upgraded.identity().generation()).isEqualTo(2);
        Repository repository = repository(store, Keys.none());
        assertThat(repository.generations()).containsExactly(old.identity(), upgraded.identity());
        assertThat(repository.of(OLD.systemIdentifier()).orElseThrow().number()).isEqualTo(1);
        assertThat(init(NEW, Upgrade.REFUSE, target(store)).outcome()).isEqualTo(Outcome.ALREADY_THERE);
        assertThat(init(OLD, Upgrade.REFUSE, target(store)).identity()).isEqualTo(old.identity());
    }

    @Test
    void an_upgrade_may_be_the_first_init() {
        assertThat(init(NEW, Upgrade.ALLOW, target(store)).outcome()).isEqualTo(Outcome.CREATED);
    }

    @Test
    void encryption_is_changed_by_a_new_generation_only() {
        Keys keys = Keys.of(List.of(AgeIdentity.generate().recipient()), List.of());
        init(OLD, Upgrade.REFUSE, target(store));
        InitTarget encrypted = new InitTarget(repository(store, keys), Optional.empty(), ConditionalWrites.REQUIRED);

        PgpitrException refused = refusal(() -> init(OLD, Upgrade.REFUSE, encrypted));
        assertThat(refused)
                .hasMessage(
                        "cluster \"main\" in " + store.location() + " is not encrypted, and recipients are configured");
        assertThat(refused.hint()).get().asString().contains("`pgpitr init --upgrade`");

        InitResult upgraded = init(OLD, Upgrade.ALLOW, encrypted);
        assertThat(upgraded.outcome()).isEqualTo(Outcome.UPGRADED);
        assertThat(upgraded.identity().encryption()).isEqualTo(Encryption.AGE);
        assertThat(init(OLD, Upgrade.REFUSE, encrypted).outcome()).isEqualTo(Outcome.ALREADY_THERE);
    }

    @Test
    void a_store_that_ignores_conditional_writes_is_refused_unless_the_user_says_so() {
        try (ObjectStore careless = new CarelessStore(store)) {
            PgpitrException refused = refusal(() -> init(OLD, Upgrade.REFUSE, target(careless)));
            assertThat(refused).hasMessage("the store " + careless.location() + " does not honour conditional writes");
            assertThat(refused.hint()).get().asString().contains("conditional_writes = false");
            assertThat(repository(store, Keys.none()).generations()).isEmpty();

            InitTarget waived =
                    new InitTarget(repository(careless, Keys.none()), Optional.empty(), ConditionalWrites.WAIVED);
            assertThat(init(OLD, Upgrade.REFUSE, waived).outcome()).isEqualTo(Outcome.CREATED);
        }
    }

    @Test
    void nothing_is_created_anywhere_unless_every_repository_takes_the_cluster() {
        MemoryStore other = new MemoryStore();
        init(NEW, Upgrade.REFUSE, target(other));
        refusal(() -> init(OLD, Upgrade.REFUSE, target(store), target(other)));
        assertThat(repository(store, Keys.none()).generations()).isEmpty();
    }

    @Test
    void a_local_folder_is_made_and_used() {
        Path root = folder.resolve("not/there/yet");
        InitTarget target = new InitTarget(
                repository(new LocalDiskStore(root), Keys.none()), Optional.of(root), ConditionalWrites.REQUIRED);
        assertThat(init(OLD, Upgrade.REFUSE, target).outcome()).isEqualTo(Outcome.CREATED);
        assertThat(root.resolve("main/1/cluster.json")).exists();
        assertThat(init(OLD, Upgrade.REFUSE, target).outcome()).isEqualTo(Outcome.ALREADY_THERE);
    }

    @Test
    void a_folder_that_root_makes_goes_to_the_owner_of_the_data_directory() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.getOwner(data).getName().equals("root"), "only root can give a folder away");
        Files.setOwner(
                data, data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        Path root = folder.resolve("repository");
        InitTarget target = new InitTarget(
                repository(new LocalDiskStore(root), Keys.none()), Optional.of(root), ConditionalWrites.REQUIRED);
        new InitTask(OLD, Upgrade.REFUSE, Optional.of(data), Clock.fixed(NOW, ZoneOffset.UTC)).run(List.of(target));

        assertThat(Files.getOwner(root).getName()).isEqualTo("nobody");
        assertThat(Files.getOwner(root.resolve("main/1/cluster.json")).getName())
                .isEqualTo("nobody");
    }

    @Test
    void of_two_hosts_at_once_one_creates_and_the_other_finds_it() throws Exception {
        ExecutorService hosts = Executors.newFixedThreadPool(8);
        try {
            List<Callable<InitResult>> inits = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Instant now = NOW.plusMillis(i);
                inits.add(() -> new InitTask(OLD, Upgrade.REFUSE, Optional.empty(), Clock.fixed(now, ZoneOffset.UTC))
                        .run(List.of(new InitTarget(
                                repository(store, Keys.none()), Optional.empty(), ConditionalWrites.WAIVED)))
                        .get(0));
            }
            List<InitResult> results = new ArrayList<>();
            for (Future<InitResult> result : hosts.invokeAll(inits)) {
                results.add(result.get());
            }
            assertThat(results).extracting(InitResult::outcome).containsOnlyOnce(Outcome.CREATED);
            assertThat(results)
                    .extracting(InitResult::identity)
                    .containsOnly(results.get(0).identity());
        } finally {
            hosts.shutdownNow();
        }
    }

    @Test
    void whatever_call_of_the_store_fails_init_can_be_run_again() {
        for (Moment moment : List.of(Moment.BEFORE, Moment.AFTER)) {
            boolean struck = true;
            for (int n = 1; struck; n++) {
                MemoryStore objects = new MemoryStore();
                FaultPlan plan = FaultPlan.nth(n, moment);
                try (FaultyStore faulty = new FaultyStore(objects, plan)) {
                    init(OLD, Upgrade.REFUSE, target(faulty));
                    assertThat(plan.struck()).as("call %d %s", n, moment).isFalse();
                } catch (StorageException expected) {
                    assertThat(plan.struck()).isTrue();
                }
                struck = plan.struck();
                init(OLD, Upgrade.REFUSE, target(objects));
                assertThat(repository(objects, Keys.none()).generations()).hasSize(1);
            }
        }
    }

    private static PgpitrException refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        PgpitrException refused = catchThrowableOfType(PgpitrException.class, action);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
        return refused;
    }

    private static InitTarget target(ObjectStore store) {
        return new InitTarget(repository(store, Keys.none()), Optional.empty(), ConditionalWrites.REQUIRED);
    }

    private static Repository repository(ObjectStore store, Keys keys) {
        return new Repository(store, new ClusterName("main"), keys, 3);
    }

    private static InitResult init(ClusterFacts cluster, Upgrade upgrade, InitTarget... targets) {
        return new InitTask(cluster, upgrade, Optional.empty(), Clock.fixed(NOW, ZoneOffset.UTC))
                .run(List.of(targets))
                .get(0);
    }
}
