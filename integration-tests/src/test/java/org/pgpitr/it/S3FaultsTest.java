package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Pgpitr;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.storage.s3.server.S3Server;

/** What the commands say of an S3 that does not let them in, or is not there. */
@Tag("scenario")
class S3FaultsTest {
    private static final String[] GET = {"archive-get", "000000010000000000000099", "x"};

    private static Workspace work;
    private static Pgpitr pgpitr;

    @BeforeAll
    static void a_cluster_with_its_place_on_s3() {
        work = new Workspace();
        Cluster cluster =
                Cluster.stopped(work, Programs.of(work, Majors.newest()), Variant.S3, InitdbOptions.standard());
        pgpitr = cluster.pgpitr().variable("PGPITR_REPOSITORY_RETRY_ATTEMPTS", "2");
        pgpitr.run("init").expect(ExitCode.OK);
    }

    @AfterAll
    static void stop() {
        work.close();
    }

    @Test
    void without_a_fault_absence_is_proven() {
        assertThat(pgpitr.launch(GET).status()).isEqualTo(1);
        pgpitr.run("list").expect(ExitCode.OK);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "PGPITR_REPOSITORY_SECRET_ACCESS_KEY, wrong, STORAGE_UNAVAILABLE, 158",
        "PGPITR_REPOSITORY_URL, s3://no-such-bucket/it, NO_REPOSITORY, 138",
        "PGPITR_REPOSITORY_ENDPOINT, http://127.0.0.1:CLOSED, STORAGE_UNAVAILABLE, 158"
    })
    void a_fault_is_told_and_never_taken_for_absence(String variable, String value, ExitCode code, int status)
            throws IOException {
        String given = value.replace("CLOSED", Integer.toString(closedPort()));

        Outcome get = pgpitr.launchWith(variable, given, GET);
        assertThat(get.status()).as(get.out()).isEqualTo(status);
        assertThat(get.out()).contains("error: ", "hint: ").doesNotContain(S3Server.SECRET_KEY);

        Outcome list = pgpitr.runWith(variable, given, "list").expect(code);
        assertThat(list.err()).contains("error: ", "hint: ").doesNotContain(S3Server.SECRET_KEY);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
