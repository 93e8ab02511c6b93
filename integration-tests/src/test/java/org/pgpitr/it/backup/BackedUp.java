package org.pgpitr.it.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.it.cluster.Clusters;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.LaneReader;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestReader;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.service.Progress;
import org.pgpitr.service.backup.BackupOptions;
import org.pgpitr.service.backup.BackupTask;
import org.pgpitr.service.restore.RestoreOptions;
import org.pgpitr.service.restore.RestoreTask;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/** What the tests do with backups. */
final class BackedUp {
    static final BackupOptions OPTIONS = BackupOptions.DEFAULT.withArchiveTimeout(Duration.ofSeconds(20));

    private BackedUp() {}

    /** A new generation for a server's cluster. */
    static Generation generation(PostgresInstance instance, ObjectStore store) {
        try (Server server = Server.connect(Clusters.overSocket(instance))) {
            ServerFacts facts = server.facts();
            return new Repository(store, new ClusterName("main"), Keys.none(), 3)
                    .create(new ClusterIdentity(
                            ClusterIdentity.FORMAT_VERSION,
                            1,
                            facts.systemIdentifier(),
                            facts.major(),
                            facts.segmentSize(),
                            ClusterIdentity.Encryption.NONE,
                            Instant.now()));
        }
    }

    /** The same generation seen through another store. */
    static Generation through(ObjectStore store, Generation generation) {
        return new Generation(store, generation.layout(), generation.identity(), generation.codec());
    }

    static BackupSummary take(
            PostgresInstance instance, Generation generation, BackupOptions options, Progress progress) {
        return take(instance, generation, options, progress, Clock.systemUTC());
    }

    static BackupSummary take(
            PostgresInstance instance, Generation generation, BackupOptions options, Progress progress, Clock clock) {
        try (Server server = Server.connect(Clusters.overSocket(instance))) {
            return new BackupTask(server, generation, options, progress, clock).run();
        }
    }

    static List<BackupId> listed(Generation generation) {
        BackupCatalog.Listing listing = new BackupCatalog(generation).list();
        if (!listing.unreadable().isEmpty()) {
            throw new AssertionError("unreadable: " + listing.unreadable());
        }
        return listing.backups().stream().map(BackupSummary::id).toList();
    }

    /** The keys of all that stands where backups stand. */
    static List<ObjectKey> objects(Generation generation) {
        List<ObjectKey> keys = new ArrayList<>();
        generation.store().list(generation.layout().backupPrefix(), (key, stat) -> {
            keys.add(key);
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return keys;
    }

    static Map<String, ManifestEntry> entries(Generation generation, BackupId id) {
        Map<String, ManifestEntry> entries = new HashMap<>();
        try (ManifestReader manifest = ManifestReader.open(generation, id)) {
            for (var entry = manifest.next(); entry.isPresent(); entry = manifest.next()) {
                entries.put(entry.get().path(), entry.get());
            }
        }
        return entries;
    }

    /** Reads a backup whole and compares each file with its digest. */
    static void verify(Generation generation, BackupId id) {
        ExecutorService readAhead = Executors.newCachedThreadPool();
        try (ManifestReader manifest = ManifestReader.open(generation, id)) {
            for (LaneTotals lane : manifest.lanes()) {
                try (LaneReader reader = new LaneReader(generation, id, lane, readAhead)) {
                    for (var stored = reader.next(); stored.isPresent(); stored = reader.next()) {
                        ManifestEntry entry = manifest.next().orElseThrow();
                        assertThat(stored.get().path()).isEqualTo(entry.path());
                        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                        byte[] buffer = new byte[1 << 16];
                        for (int n; (n = reader.read(buffer, 0, buffer.length)) >= 0; ) {
                            sha256.update(buffer, 0, n);
                        }
                        entry.sha256()
                                .ifPresent(expected -> assertThat(HexFormat.of().formatHex(sha256.digest()))
                                        .as(entry.path())
                                        .isEqualTo(expected));
                    }
                }
            }
            assertThat(manifest.next()).isEmpty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } finally {
            readAhead.shutdownNow();
        }
    }

    /** Restores a backup; every byte is verified in passing. */
    static void restore(
            Generation generation,
            BackupSummary backup,
            RecoveryTarget target,
            Path into,
            Map<String, Path> tablespaces,
            String restoreCommand) {
        RecoveryPlan plan = new RecoveryPlan(
                backup,
                target,
                TimelineHistory.root(backup.timeline()),
                List.of(),
                Optional.empty(),
                0,
                0,
                List.of(),
                List.of());
        new RestoreTask(
                        generation,
                        plan,
                        new RestoreOptions(
                                into,
                                tablespaces,
                                2,
                                restoreCommand,
                                Optional.of(RestoreOptions.TargetAction.PROMOTE),
                                RestoreOptions.Mode.RECOVERY,
                                RestoreOptions.Archiving.OFF,
                                Optional.empty()),
                        Progress.NONE,
                        Clock.systemUTC())
                .run();
    }
}
