package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.postgresql.PGConnection;

/**
 * PostgreSQL's own verdict on what was restored. Debian's program of 15 reads the manifests of 13 to 16; from 17 on the
 * server itself reads one, before an incremental backup.
 */
@Tag("scenario")
class VerifyBackupTest {
    private static final Path PROGRAM = Path.of("/usr/lib/postgresql/15/bin/pg_verifybackup");

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(ints = {13, 14, 15, 16})
    void pg_verifybackup_accepts_a_restored_directory_and_sees_damage(int major) throws Exception {
        assumeTrue(Files.isExecutable(PROGRAM), "no pg_verifybackup of PostgreSQL 15 on this machine");
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, major, Variant.DISK, InitdbOptions.standard());
            Path tablespace = work.folder("tablespace");
            source.server().execute("create tablespace aside location '" + tablespace + "'");
            source.server().execute("create table in_aside tablespace aside as select generate_series(1, 1000) i");
            source.backup();
            source.archive();
            Path data = source.restore(
                            "--no-archive",
                            "--tablespace-map",
                            "aside=" + work.folder().resolve("moved"))
                    .server()
                    .dataDirectory();

            Program verdict = verify(work, data);
            assertThat(verdict.output()).contains("backup successfully verified");

            Files.writeString(data.resolve("PG_VERSION"), "x", StandardOpenOption.APPEND);
            assertThat(verify(work, data).status()).isNotZero();
        }
    }

    /** {@code UPLOAD_MANIFEST} ({@code basebackup_incremental.c}) checks form, checksum and system identifier. */
    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(ints = {17, 18})
    void the_server_accepts_the_manifest_and_sees_damage_in_it(int major) throws Exception {
        assumeTrue(Majors.all().anyMatch(each -> each == major), "not one of the majors of this run");
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, major, Variant.DISK, InitdbOptions.standard());
            source.backup();
            source.archive();
            Path data = source.restore("--no-archive").server().dataDirectory();
            String manifest = Files.readString(data.resolve("backup_manifest"));

            assertThat(answer(source, manifest)).endsWith("got: UPLOAD_MANIFEST");
            assertThat(answer(source, manifest.replaceFirst("PG_VERSION", "PG_VERSIOM")))
                    .contains("manifest checksum mismatch");
        }
    }

    /** The driver expects the completion of a {@code COPY}, and tells what the server completed instead. */
    private static String answer(Cluster from, String manifest) throws IOException {
        String url = "jdbc:postgresql://127.0.0.1:" + from.server().port()
                + "/postgres?user=postgres&sslmode=disable&replication=true&preferQueryMode=simple"
                + "&assumeMinServerVersion=17";
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn("UPLOAD_MANIFEST", new StringReader(manifest));
            return "COPY";
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    private static Program verify(Workspace work, Path data) {
        return work.user()
                .run(
                        List.of(PROGRAM.toString(), "--no-parse-wal", data.toString()),
                        work.folder(),
                        work.user().environment(work.folder()));
    }
}
