package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.output.Human;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Repositories;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.s3.S3Store;
import org.pgpitr.storage.s3.server.S3Server;
import org.pgpitr.storage.s3.server.S3ServerOptions;
import org.pgpitr.storage.s3.server.S3ServerOptions.Versions;

/** An expiry against a bucket that does not give everything away: what stays is said, is whole, and goes later. */
@Tag("scenario")
class LockedBucketTest {
    private static final String PREFIX = "locked";

    private final Workspace work = new Workspace();
    private final Instant end = Instant.now().plus(30, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    private S3Server s3;
    private Cluster cluster;
    private String older;

    @AfterEach
    void stop() {
        work.close();
        s3.close();
    }

    /** Two backups, of which the older one is to go. */
    private void twoBackups(Versions versions) {
        s3 = S3Server.start(S3ServerOptions.standard().with(versions));
        cluster = Cluster.stopped(work, Programs.of(work, Majors.newest()), Variant.S3, InitdbOptions.standard());
        for (Map.Entry<String, String> setting :
                Repositories.s3Variables(s3.endpoint().toString(), PREFIX).entrySet()) {
            cluster.pgpitr().variable(setting.getKey(), setting.getValue());
            cluster.server().environment(setting.getKey(), setting.getValue());
        }
        cluster.server().start();
        cluster.pgpitr().run("init").expect(ExitCode.OK);
        cluster.prepare();
        cluster.backup();
        cluster.insert("a");
        cluster.archive();
        cluster.backup();
        older = cluster.pgpitr().backups().get(0);
    }

    private Outcome expire(String... more) {
        List<String> command = new ArrayList<>(List.of("expire", "--quiet", "--count", "1"));
        command.addAll(List.of(more));
        return cluster.pgpitr().run(command.toArray(String[]::new)).expect(ExitCode.OK);
    }

    private List<String> keys(String part) {
        List<String> keys = new ArrayList<>();
        try (S3Store store = S3Store.open(s3.settings(PREFIX))) {
            store.list("", (key, stat) -> {
                if (key.value().contains(part)) {
                    keys.add(key.value());
                }
                return Next.CONTINUE;
            });
        }
        return keys;
    }

    private void expectWhole() {
        cluster.pgpitr().run("verify", "--full").expect(ExitCode.OK);
    }

    @Test
    void what_is_locked_stays_whole_and_is_said_and_goes_when_the_lock_has_ended() {
        twoBackups(Versions.NONE);
        s3.locks().lock("/backup/" + older + "/manifest", end);
        Outcome kept = expire("--json");
        assertThat(kept.err())
                .contains(
                        "backup " + older + " stays for now: the store keeps its manifest locked until "
                                + Human.time(end, ZoneId.systemDefault()),
                        "the store keeps 1 object locked until ",
                        "/backup/" + older + "/manifest",
                        "hint: nothing is to be done");
        assertThat(kept.out())
                .containsPattern("\"spared\"\\s*:\\s*\\[\\s*\\{\\s*\"id\"\\s*:\\s*\"" + older + "\"")
                .containsPattern("\"cause\"\\s*:\\s*\"locked\"")
                .containsPattern("\"locked_until\"\\s*:\\s*\"" + end + "\"");
        assertThat(cluster.pgpitr().backups()).hasSize(2);
        expectWhole();
        String firstSegment = keys("/wal/").stream()
                .filter(key -> !key.contains(".backup"))
                .findFirst()
                .orElseThrow();

        s3.locks().end();
        s3.locks().hold("/backup/" + older + "/manifest");
        assertThat(expire("--json").err())
                .contains(
                        "the store keeps its manifest under a legal hold",
                        "the store keeps 1 object under a legal hold: ",
                        "hint: a legal hold does not end by itself");
        assertThat(cluster.pgpitr().backups()).hasSize(2);

        s3.locks().end();
        s3.locks().lock("/backup/" + older + "/data", end);
        s3.locks().lock(firstSegment, end);
        assertThat(expire().err()).contains(" objects locked until ");
        assertThat(cluster.pgpitr().backups()).hasSize(1).doesNotContain(older);
        assertThat(keys("/backup/" + older)).isNotEmpty().allMatch(key -> key.contains("/data/"));
        assertThat(keys("/wal/")).contains(firstSegment);
        expectWhole();
        List<String> locked = keys("");
        assertThat(expire().err()).contains(" objects locked until ");
        assertThat(keys("")).as("nothing but locked objects was to go").containsAll(locked);

        s3.locks().end();
        assertThat(expire().err()).isEmpty();
        assertThat(keys("/backup/" + older)).isEmpty();
        assertThat(keys("/wal/")).isNotEmpty().doesNotContain(firstSegment);
        expectWhole();
    }

    @Test
    void in_a_bucket_with_versions_what_goes_is_said_to_take_up_space_still() {
        twoBackups(Versions.KEPT);
        int objects = keys("/backup/" + older).size();

        s3.locks().lock("/", end);
        Outcome gone = expire();
        assertThat(gone.err()).isEmpty();
        assertThat(gone.out())
                .contains("deleted 1 backup and ")
                .containsPattern("the bucket keeps older versions: \\d+ deleted objects take up space until");
        assertThat(cluster.pgpitr().backups()).hasSize(1).doesNotContain(older);
        assertThat(keys("/backup/" + older)).isEmpty();
        assertThat(s3.olderVersions("/backup/" + older)).isEqualTo(objects);
        expectWhole();
    }
}
