package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** PostgreSQL's own verdict on what was restored. Debian's program of 15 reads the manifests of 13 to 16. */
@Tag("scenario")
class VerifyBackupTest {
    private static final Path PROGRAM = Path.of("/usr/lib/postgresql/15/bin/pg_verifybackup");

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(ints = {13, 15, 16})
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

    private static Program verify(Workspace work, Path data) {
        return work.user()
                .run(
                        List.of(PROGRAM.toString(), "--no-parse-wal", data.toString()),
                        work.folder(),
                        work.user().environment(work.folder()));
    }
}
