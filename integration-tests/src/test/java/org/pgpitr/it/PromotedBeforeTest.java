package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** A cluster that was promoted before pgpitr came: PostgreSQL never offers that timeline's history any more. */
@Tag("scenario")
class PromotedBeforeTest {
    private static final String HISTORY = "00000002.history";

    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void the_history_that_is_still_in_pg_wal_is_archived_by_the_backup(int major) throws IOException {
        try (Workspace work = new Workspace()) {
            Cluster source = promoted(work, major);
            assertThat(local(source)).exists();
            assertThat(archived(source)).doesNotExist();
            source.backup();
            assertThat(archived(source)).exists();
            Moment a = source.insert("a");
            source.archive();
            source.recover().expect(a).discard();
        }
    }

    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void without_the_history_the_backups_own_timeline_is_recovered(int major) throws IOException {
        try (Workspace work = new Workspace()) {
            Cluster source = promoted(work, major);
            Files.delete(local(source));
            assertThat(source.backup().err()).contains("the history of timeline 2 is neither in pg_wal nor");
            Moment a = source.insert("a");
            source.insert("b");
            source.archive();
            Cluster recovered = source.recover("--target-xid", Long.toString(a.xid()));
            assertThat(recovered.expect(a).timeline()).isEqualTo(3);
        }
    }

    private static Path local(Cluster cluster) {
        return cluster.server().dataDirectory().resolve("pg_wal").resolve(HISTORY);
    }

    private static Path archived(Cluster cluster) {
        return cluster.repositoryFolder().resolve("main/1/history/" + HISTORY + ".zst");
    }

    private static Cluster promoted(Workspace work, int major) throws IOException {
        Cluster source = Cluster.stopped(work, Programs.of(work, major), Variant.DISK, InitdbOptions.standard());
        work.user().file(source.server().dataDirectory().resolve("recovery.signal"), "");
        source.server()
                .set("archive_mode", "off")
                .set("restore_command", "false")
                .start()
                .awaitRecovered();
        assertThat(source.timeline()).isEqualTo(2);
        source.server().stop(StopMode.FAST);
        source.server().set("archive_mode", "on").set("restore_command", "").start();
        source.pgpitr().run("init").expect(ExitCode.OK);
        source.prepare();
        return source;
    }
}
