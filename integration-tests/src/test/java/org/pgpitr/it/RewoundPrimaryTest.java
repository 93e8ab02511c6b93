package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresBinaries;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/**
 * The archive after a split: the old primary went on for a while and archived WAL behind the point at which the new
 * timeline had begun; then it came back as a standby of the new one.
 */
@Tag("scenario")
class RewoundPrimaryTest {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql/15/bin");

    /** What the split left behind. */
    private record Split(Cluster old, Cluster promoted, Moment lost) {}

    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void both_sides_of_a_split_can_be_recovered_and_a_rebuilt_primary_goes_on(int major) {
        try (Workspace work = new Workspace()) {
            Split split = split(work, Programs.of(work, major), Variant.onDisk(major, 3));
            // The embedded binaries have no pg_rewind: the old primary is rebuilt from the archive instead.
            split.old().server().close();
            Cluster rebuilt = split.promoted().standby();
            goOn(split, rebuilt);
        }
    }

    @Test
    @DisplayName("Class 6: pg_rewind gets what it asks for, and takes no prefetched file along")
    void both_sides_of_a_split_can_be_recovered_and_a_primary_rewound_by_pg_rewind_goes_on() {
        assumeTrue(DEBIAN.resolve("pg_rewind").toFile().canExecute(), "no pg_rewind of PostgreSQL 15 on this machine");
        try (Workspace work = new Workspace()) {
            PostgresBinaries binaries = PostgresBinaries.installed(DEBIAN);
            Split split = split(work, Programs.installed(work, binaries), Variant.DISK);
            Cluster old = split.old();
            old.server().stop(StopMode.FAST);
            // Without the old primary's own segments at hand, pg_rewind asks restore_command for them (-c).
            old.forgetLocalWal();
            Path inTarget = prefetched(work, old, "000000010000000000000003");
            Path inSource = prefetched(work, split.promoted(), "000000010000000000000004");
            Program rewind = Program.run(
                    work.user()
                            .command(List.of(
                                    binaries.program("pg_rewind"),
                                    "--restore-target-wal",
                                    "--no-sync",
                                    "-D",
                                    old.server().dataDirectory().toString(),
                                    "--source-server",
                                    "host=127.0.0.1 user=postgres dbname=postgres port="
                                            + split.promoted().server().port())),
                    old.server().folder(),
                    old.pgpitr().environment());
            assertThat(rewind.status()).as(rewind.output()).isZero();
            // What a killed agent has left is neither kept nor brought along.
            assertThat(inTarget.getParent()).doesNotExist();
            assertThat(inSource).exists();
            goOn(split, old.asStandbyOf(split.promoted()));
        }
    }

    /** As if an agent had been killed that prefetched for that server. */
    private static Path prefetched(Workspace work, Cluster cluster, String segment) {
        try {
            Path folder = work.user().folder(cluster.server().dataDirectory().resolve("pg_wal/pgsql_tmp.pgpitr"));
            return work.user().file(folder.resolve(segment), "left");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Split split(Workspace work, Programs programs, Variant variant) {
        Cluster old = Cluster.create(work, programs, variant, InitdbOptions.standard());
        old.backup();
        old.insert("before the split");
        old.archive();
        Cluster promoted = old.standby();
        promoted.awaitReplay(old);
        promoted.server().promote();

        // Two primaries for a while; each archives its own timeline.
        Moment lost = old.insert("lost");
        old.archive();
        old.insert("lost too");
        old.archive();
        promoted.insert("kept");
        promoted.archive();
        return new Split(old, promoted, lost);
    }

    private static void goOn(Split split, Cluster rejoined) {
        Cluster promoted = split.promoted();
        rejoined.awaitReplay(promoted);
        assertThat(rejoined.labels()).containsExactly("before the split", "kept");
        Moment streamed = promoted.insert("streamed");
        promoted.archive();
        rejoined.awaitReplay(promoted);
        promoted.server().stop(StopMode.FAST);
        rejoined.server().promote();
        assertThat(rejoined.timeline()).isEqualTo(3);
        Moment back = rejoined.insert("back");
        rejoined.archive();

        rejoined.recover().expect(back).discard();
        rejoined.recover("--target-timeline", "2").expect(streamed).discard();
        rejoined.recover("--target-timeline", "1", "--target-time", split.lost().time())
                .expect(split.lost())
                .discard();
    }
}
