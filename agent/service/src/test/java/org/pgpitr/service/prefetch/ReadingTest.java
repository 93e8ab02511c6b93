package org.pgpitr.service.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
                Map.of("PGPITR_REPOSITORY_3_URL", "file:///other"),
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

    private Reading withHome(String text, Map<String, String> more) throws IOException {
        Map<String, String> variables = new HashMap<>(more);
        variables.put("HOME", folder.toString());
        return reading(text, variables);
    }

    private static void edit(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    @DisplayName("Class 3: another account by Amazon's own files, wherever they are, is another reading")
    void files_of_amazon_that_change_make_a_difference() throws Exception {
        Map<String, String> elsewhere = Map.of(
                "AWS_CONFIG_FILE", folder.resolve("config").toString(), "AWS_SHARED_CREDENTIALS_FILE", "~/credentials");
        for (String file : List.of(".aws/config", ".aws/credentials")) {
            Reading before = withHome(S3, Map.of());
            Reading onDisk = withHome(DISK, Map.of());
            Reading named = withHome(S3, elsewhere);
            edit(folder.resolve(file));
            assertThat(withHome(S3, Map.of())).as(file).isNotEqualTo(before);
            assertThat(withHome(S3, Map.of())).isEqualTo(withHome(S3, Map.of()));
            assertThat(withHome(DISK, Map.of())).isEqualTo(onDisk);
            assertThat(withHome(S3, elsewhere)).isEqualTo(named);
        }
        for (String file : List.of("config", "credentials")) {
            Reading named = withHome(S3, elsewhere);
            edit(folder.resolve(file));
            assertThat(withHome(S3, elsewhere)).as(file).isNotEqualTo(named);
        }
    }

    @Test
    @DisplayName("Class 3: another account by Java's own options is another reading; its memory is not")
    void options_of_java_that_define_something_make_a_difference() throws Exception {
        Reading plain = reading(S3, Map.of());
        for (String variable : List.of("PGPITR_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
            for (String options :
                    List.of("-Xmx480m -Daws.profile=other", "-Xmx480m '-Daws.profile=a b'", "@/etc/java/options")) {
                assertThat(reading(S3, Map.of(variable, options)))
                        .as(variable + "=" + options)
                        .isNotEqualTo(plain);
            }
            assertThat(reading(S3, Map.of(variable, " -Xmx480m  -Djava.io.tmpdir=/var/tmp ")))
                    .isEqualTo(plain);
            assertThat(reading(DISK, Map.of(variable, "-Daws.profile=other"))).isEqualTo(reading(DISK, Map.of()));
        }
    }

    @Test
    @DisplayName("Class 3: a key or an account that was put into the same file is another reading")
    void files_of_the_configuration_that_change_make_a_difference() throws Exception {
        Path file = folder.resolve("secret");
        String s3 = S3 + "access_key_id = \"id\"\n";
        for (String text : List.of(
                s3 + "secret_access_key_file = \"" + file + "\"\n",
                s3 + "secret_access_key = \"s\"\nsession_token_file = \"" + file + "\"\n",
                S3 + "ca_file = \"" + file + "\"\n",
                DISK + "[encryption]\nidentity_file = \"" + file + "\"\n",
                DISK + "[encryption]\nidentity_file = \"/i\"\nidentity_passphrase_file = \"" + file + "\"\n")) {
            Reading before = reading(text, Map.of());
            assertThat(reading(text, Map.of())).isEqualTo(before);
            edit(file);
            assertThat(reading(text, Map.of())).as(text).isNotEqualTo(before);
        }
    }
}
