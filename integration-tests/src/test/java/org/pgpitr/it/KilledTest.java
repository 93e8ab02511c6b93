package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** Processes that die by {@code kill -9} in the middle of their work. */
@Tag("scenario")
class KilledTest {
    private static final String SLOW = "256kB";

    @Test
    void a_killed_backup_is_nothing_leaves_the_server_alone_and_is_cleaned_up_by_the_next_one() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            PostgresInstance server = source.server();
            Path backups = source.repositoryFolder().resolve("main/1/backup");

            Process backup = source.pgpitr().begin("PGPITR_REPOSITORY_UPLOAD_RATE", SLOW, "backup");
            server.await("the first object of the backup", () -> objects(backups) > 0);
            String killed = backups.toFile().list()[0];
            backup.destroyForcibly().waitFor();

            server.await(
                    "the end of its session",
                    () -> server.query(
                                    "select count(*) from pg_stat_activity where query ~* 'backup' and pid <> pg_backend_pid()")
                            .equals("0"));
            assertThat(source.pgpitr().backups()).isEmpty();

            source.backup();
            assertThat(source.pgpitr().backups()).hasSize(1).doesNotContain(killed);
            assertThat(backups.resolve(killed))
                    .satisfies(folder -> assertThat(objects(folder)).isZero());
            Moment end = source.insert("end");
            source.archive();
            source.recover().expect(end);
        }
    }

    @Test
    void a_killed_restore_can_not_be_started_and_must_be_begun_anew() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.backup();
            Moment end = source.insert("end");
            source.archive();
            PostgresInstance target = work.instance("killed", source.programs());
            String into = target.dataDirectory().toString();

            Process restore = source.pgpitr().begin("PGPITR_REPOSITORY_DOWNLOAD_RATE", SLOW, "restore", "--into", into);
            source.server().await("the first files", () -> objects(target.dataDirectory()) > 5);
            restore.destroyForcibly().waitFor();

            assertThat(target.dataDirectory().resolve("global/pg_control")).doesNotExist();
            assertThat(target.tryStart()).isFalse();

            Outcome again = source.pgpitr().run("restore", "--into", into).expect(ExitCode.USAGE);
            assertThat(again.err()).contains("interrupted restore").contains("hint: remove it");
            Workspace.delete(target.dataDirectory());
            source.pgpitr().run("restore", "--into", into).expect(ExitCode.OK);
            source.pgpitr().environment().forEach(target::environment);
            target.set("archive_mode", "off")
                    .start()
                    .await(
                            "the end of replay",
                            () -> target.rows("select label from t").contains(end.label()));
        }
    }

    private static Cluster source(Workspace work) {
        Cluster source = Cluster.create(work, Majors.newest(), Variant.DISK, InitdbOptions.standard());
        source.server()
                .execute("create table big as select i, md5(random()::text) a, md5(random()::text) b"
                        + " from generate_series(1, 50000) i");
        return source;
    }

    /** How many whole files there are anywhere beneath a folder, as the store counts; none if it does not exist. */
    private static long objects(Path folder) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".tmp"))
                    .count();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // it changes under the walk; the next look tells
        }
    }
}
