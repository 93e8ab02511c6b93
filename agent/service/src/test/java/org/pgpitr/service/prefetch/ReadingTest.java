package org.pgpitr.service.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether two processes ask the same repositories. */
class ReadingTest {
    private static final String DISK = "[cluster]\nname = \"main\"\n[[repository]]\nurl = \"file:///r\"\n";
    private static final String S3 = "[cluster]\nname = \"main\"\n[[repository]]\nurl = \"s3://bucket\"\n";
    private static final Map<String, String> HOME = Map.of("HOME", "/home/postgres");

    @TempDir
    private Path folder;

    private Reading reading(String text, Optional<String> repository, Map<String, String> variables)
            throws IOException {
        Path file = Files.writeString(folder.resolve("pgpitr.toml"), text);
        RecoverySource source = new RecoverySource(
                file, repository, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return Reading.of(source.load(variables, file), variables);
    }

    private Reading reading(String text, Map<String, String> more) throws IOException {
        Map<String, String> variables = new HashMap<>(HOME);
        variables.putAll(more);
        return reading(text, Optional.empty(), variables);
    }

    @Test
    void what_concerns_the_agent_alone_makes_no_difference() throws Exception {
        Reading plain = reading(DISK, Map.of());
        assertThat(reading(DISK, Map.of())).isEqualTo(plain);
        assertThat(reading(DISK, Map.of("PGPITR_AGENT_PREFETCH", "3MB", "PGPITR_CLUSTER_PORT", "5433", "HOME", "/")))
                .isEqualTo(plain);
        assertThat(reading(DISK, Map.of("AWS_PROFILE", "other"))).isEqualTo(plain);
        assertThat(reading(DISK + "# a comment\n[backup]\nworkers = 3\n", Map.of()))
                .isEqualTo(plain);
    }

    @Test
    @DisplayName("Class 3: another repository, cluster or key, by the file or any variable, is another reading")
    void whatever_leads_elsewhere_does() throws Exception {
        Reading plain = reading(DISK, Map.of());
        for (Map<String, String> variables : List.of(
                Map.of("PGPITR_REPOSITORY_URL", "file:///other"),
                Map.of("PGPITR_REPOSITORY_4_URL", "file:///other"),
                Map.of("PGPITR_CLUSTER_NAME", "other"),
                Map.of("PGPITR_REPOSITORY_RETRY_ATTEMPTS", "1"),
                Map.of("PGPITR_IDENTITY_PASSPHRASE", "other", "PGPITR_ENCRYPTION_IDENTITY_FILE", "/i"))) {
            assertThat(reading(DISK, variables)).as(variables.toString()).isNotEqualTo(plain);
        }
        assertThat(reading(DISK.replace("/r", "/other"), Map.of())).isNotEqualTo(plain);
        assertThat(reading(DISK, Optional.of("file:///other"), HOME)).isNotEqualTo(plain);
        Reading amazon = reading(S3, Map.of());
        for (String variable : List.of(
                "AWS_ENDPOINT_URL_S3",
                "AWS_PROFILE",
                "AWS_ACCESS_KEY_ID",
                "https_proxy",
                "HOME",
                "PGPITR_REPOSITORY_ENDPOINT")) {
            assertThat(reading(S3, Map.of(variable, "https://other")))
                    .as(variable)
                    .isNotEqualTo(amazon);
        }
        assertThat(reading(S3, Map.of("PATH", "/other"))).isEqualTo(amazon);
    }
}
