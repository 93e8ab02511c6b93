package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** Recovery onto a new timeline, then along it, and back onto the old one. */
@Tag("scenario")
class TimelinesTest {
    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#all")
    void a_recovered_cluster_is_recovered_along_its_new_timeline_and_back_on_the_old(int major) {
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, major, Variant.onDisk(major, 1), InitdbOptions.standard());
            source.backup();
            Moment a = source.insert("a");
            source.restorePoint("fork");
            Moment old = source.insert("only on timeline 1");
            source.archive();

            Cluster second = source.recoverAndArchive("--target-name", "fork").expect(a);
            assertThat(second.timeline()).isEqualTo(2);
            Moment b = second.insert("b");
            second.restorePoint("on timeline 2");
            second.insert("c");
            second.archive();

            // The old primary goes on as if nothing had happened: both timelines grow in one repository.
            Moment later = source.insert("later on timeline 1");
            source.archive();

            Cluster third =
                    source.recoverAndArchive("--target-name", "on timeline 2").expect(b);
            assertThat(third.timeline()).isEqualTo(3);
            assertThat(third.labels()).containsExactly("a", "b");
            third.discard();

            source.recover("--target-timeline", "1").expect(later).discard();
            source.recover("--target-timeline", "current", "--target-time", old.time())
                    .expect(old)
                    .discard();

            // A backup on the new timeline is the nearest one for what follows it.
            second.backup();
            Moment d = second.insert("d");
            second.archive();
            source.recover("--target-timeline", "2").expect(d).discard();
            source.pgpitr().run("verify").expect(ExitCode.OK);
        }
    }
}
