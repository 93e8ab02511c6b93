package org.pgpitr.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.cluster.CheckpointMode;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.retention.KeepCalendar;
import org.pgpitr.repository.retention.RetentionPolicy;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.backup.OnDamage;

class ConfigurationLoaderTest {
    private static final String RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    @TempDir
    private Path folder;

    private Configuration load(String toml) {
        return load(toml, Map.of(), Optional.empty());
    }

    private Configuration load(
            String toml, Map<String, String> variables, Optional<String> repository, Entry... flags) {
        try {
            Path file = Files.writeString(folder.resolve("pgpitr.toml"), toml);
            return ConfigurationLoader.load(new ConfigurationSources(
                    Optional.of(file), variables, List.of(flags), repository, folder.resolve("none")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String problems(String toml) {
        return problems(toml, Map.of());
    }

    private String problems(String toml, Map<String, String> variables) {
        try {
            load(toml, variables, Optional.empty());
            throw new AssertionError("was taken");
        } catch (PgpitrException e) {
            assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
            return e.getMessage().replace(folder.toString(), "");
        }
    }

    @Test
    void the_configuration_of_the_documentation_is_read() {
        Configuration configuration = load("""
                [cluster]
                name = "main"
                data_directory = "/var/lib/postgresql/17/main"
                host = "/var/run/postgresql"     # a directory is a Unix-domain socket
                port = 5432
                user = "postgres"

                [[repository]]
                url = "file:///srv/pgpitr"

                [encryption]
                recipients = ["%s"]
                identity_file = "/etc/pgpitr/identity.txt"

                [backup]
                workers = 2
                """.formatted(RECIPIENT));

        assertThat(configuration.clusterName()).hasToString("main");
        assertThat(configuration.cluster().dataDirectory()).contains(Path.of("/var/lib/postgresql/17/main"));
        assertThat(configuration.cluster().host()).isEqualTo("/var/run/postgresql");
        assertThat(configuration.repository().url()).hasToString("file:///srv/pgpitr");
        assertThat(configuration.repository().name()).isEqualTo("1");
        assertThat(configuration.encryption().recipients()).containsExactly(RECIPIENT);
        assertThat(configuration.encryption().identityFile()).contains(Path.of("/etc/pgpitr/identity.txt"));
        assertThat(configuration.backup().workers()).isEqualTo(2);
    }

    @Test
    void what_nobody_sets_has_its_default() {
        Configuration configuration = load("");

        assertThat(configuration.cluster())
                .isEqualTo(new ClusterSettings(
                        Optional.empty(),
                        Optional.empty(),
                        "/var/run/postgresql",
                        5432,
                        "postgres",
                        "postgres",
                        Optional.empty(),
                        Optional.empty(),
                        "prefer",
                        Optional.empty()));
        assertThat(configuration.repositories()).isEmpty();
        assertThat(configuration.encryption())
                .isEqualTo(new EncryptionSettings(List.of(), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(configuration.backup())
                .isEqualTo(new BackupSettings(2, 3, CheckpointMode.FAST, OnDamage.FAIL, Duration.ofMinutes(5)));
        assertThat(configuration.restore()).isEqualTo(new RestoreSettings(2));
        assertThat(configuration.verify()).isEqualTo(new VerifySettings(2, Optional.empty(), Optional.empty()));
        assertThat(configuration.agent())
                .isEqualTo(new AgentSettings(
                        2,
                        Optional.of(new ListenAddress("127.0.0.1", 9837)),
                        AgentLog.Format.TEXT,
                        Duration.ofMinutes(5),
                        new ByteSize(256 << 20),
                        OnDemand.RECOVERY,
                        Duration.ofMinutes(5)));
        assertThatThrownBy(() -> configuration.retention().policy())
                .isInstanceOf(PgpitrException.class)
                .hasMessage("nothing says which backups are to be kept, so none may go");
        assertThat(configuration.values())
                .allSatisfy(value -> assertThat(value.origin()).hasToString("default"));
    }

    @Test
    void every_key_can_be_set_in_the_file() {
        Configuration configuration = load("""
                [cluster]
                name = "c"
                data_directory = "/d"
                host = "db.example.com"
                port = 5433
                user = "u"
                database = "b"
                passfile = "/p"
                password = "w"
                sslmode = "verify-full"
                sslrootcert = "/ca"
                [[repository]]
                name = "far"
                url = "s3://bucket/a/b/"
                endpoint = "https://s3.example.com:9000"
                region = "r"
                path_style = false
                storage_class = "STANDARD_IA"
                sse = "aws:kms"
                sse_kms_key = "k"
                access_key_id = "i"
                secret_access_key_file = "/s"
                session_token = "t"
                ca_file = "/c"
                conditional_writes = false
                connect_timeout = "1s"
                read_timeout = "2s"
                call_timeout = "3s"
                retry_attempts = 4
                retry_time = "5min"
                upload_rate = "6MB"
                download_rate = "7MB"
                [encryption]
                recipients = ["%s"]
                identity_file = "/i"
                identity_passphrase = "x"
                [backup]
                workers = 3
                compression_level = 9
                checkpoint = "spread"
                on_damage = "warn"
                archive_timeout = "1h"
                [stream]
                enabled = true
                slot = "p_1"
                application_name = "n"
                interval = "2s"
                size = "1MB"
                synchronous = true
                [restore]
                workers = 5
                [verify]
                workers = 6
                max_rate = "50MB/s"
                state_folder = "/state"
                [agent]
                workers = 4
                metrics = "[::1]:0"
                log_format = "json"
                catalog_interval = "1h"
                prefetch = "64MB"
                on_demand = "always"
                idle_timeout = "30s"
                [retention]
                count = 1
                age = "2d"
                window = "36h"
                daily = 3
                weekly = 4
                monthly = 5
                yearly = 6
                time_zone = "Europe/Berlin"
                wal = "7d"
                """.formatted(RECIPIENT));

        assertThat(configuration.cluster().password().map(Secret::reveal)).contains("w");
        RepositorySettings repository = configuration.repository();
        assertThat(repository.url()).isEqualTo(new RepositoryUrl.S3("bucket", "a/b"));
        assertThat(repository.retryTime()).isEqualTo(Duration.ofMinutes(5));
        assertThat(repository.uploadRate()).contains(new ByteSize(6 << 20));
        assertThat(repository.s3().pathStyle()).contains(false);
        assertThat(repository.s3().conditionalWrites()).isFalse();
        assertThat(repository.s3().callTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(configuration.backup())
                .isEqualTo(new BackupSettings(3, 9, CheckpointMode.SPREAD, OnDamage.WARN, Duration.ofHours(1)));
        assertThat(configuration.stream())
                .isEqualTo(new StreamSettings(true, "p_1", "n", Duration.ofSeconds(2), new ByteSize(1 << 20), true));
        assertThat(configuration.stream().slotInUse()).contains("p_1");
        assertThat(configuration.restore().workers()).isEqualTo(5);
        assertThat(configuration.verify())
                .isEqualTo(new VerifySettings(6, Optional.of(new ByteSize(50 << 20)), Optional.of(Path.of("/state"))));
        assertThat(repository.readAtMost(new ByteSize(50 << 20)).downloadRate()).contains(new ByteSize(7 << 20));
        assertThat(repository.readAtMost(new ByteSize(1 << 20)).downloadRate()).contains(new ByteSize(1 << 20));
        assertThat(configuration.agent())
                .isEqualTo(new AgentSettings(
                        4,
                        Optional.of(new ListenAddress("[::1]", 0)),
                        AgentLog.Format.JSON,
                        Duration.ofHours(1),
                        new ByteSize(64 << 20),
                        OnDemand.ALWAYS,
                        Duration.ofSeconds(30)));
        assertThat(configuration.retention().policy())
                .isEqualTo(new RetentionPolicy(
                        OptionalInt.of(1),
                        Optional.of(Duration.ofDays(2)),
                        Optional.of(Duration.ofHours(36)),
                        new KeepCalendar(3, 4, 5, 6, ZoneId.of("Europe/Berlin")),
                        Optional.of(Duration.ofDays(7))));
        assertThat(configuration.values().stream()
                        .filter(value -> value.origin() instanceof Origin.Standard)
                        .map(ConfiguredValue::path))
                .containsExactlyInAnyOrder(
                        "repository.1.secret_access_key",
                        "repository.1.session_token_file",
                        "repository.1.profile",
                        "encryption.identity_passphrase_file");
    }

    @Test
    void all_problems_are_told_at_once_with_their_lines_and_what_was_meant() {
        assertThat(problems("""
                        [cluster]
                        name = "Main"
                        prot = 5432
                        port = 70000
                        data_directory = "var/lib"

                        [[repository]]
                        url = "ftp://x"

                        [bakcup]
                        workers = 2

                        [backup]
                        archive_timeout = "5"
                        """)).isEqualTo("""
                        the configuration has 7 problems:
                          /pgpitr.toml:3: unknown key cluster.prot; did you mean "port"?
                          /pgpitr.toml:10: unknown section "bakcup"; did you mean "backup"?
                          /pgpitr.toml:2: cluster.name must be 1 to 63 lower-case letters, digits, _ or -, a letter or digit first, not "Main"
                          /pgpitr.toml:5: cluster.data_directory must be an absolute path, not "var/lib"
                          /pgpitr.toml:4: cluster.port must be a whole number from 1 to 65535, not "70000"
                          /pgpitr.toml:14: backup.archive_timeout must be a time from 1s to 1d, with a unit of ms, s, min, h or d, not "5"
                          /pgpitr.toml:8: repository.1.url must be a URL of the form file:///folder or s3://bucket/prefix, not "ftp://x\"""");
    }

    @Test
    void a_file_that_is_no_toml_is_refused_with_the_line() {
        assertThat(problems("[cluster]\nname = main\n")).startsWith("/pgpitr.toml:2: ");
    }

    @Test
    void a_variable_goes_over_the_file_and_a_flag_over_both() {
        String toml = "[cluster]\nport = 1\nuser = \"file\"\nhost = \"file\"\n";

        Configuration configuration = load(
                toml,
                Map.of("PGPITR_CLUSTER_PORT", "2", "PGPITR_CLUSTER_USER", "variable"),
                Optional.empty(),
                Entry.flag(ConfigKeys.PORT, "3", "--port"));

        assertThat(configuration.cluster().port()).isEqualTo(3);
        assertThat(configuration.cluster().user()).isEqualTo("variable");
        assertThat(configuration.cluster().host()).isEqualTo("file");
        assertThat(configuration.values().stream()
                        .filter(value -> !(value.origin() instanceof Origin.Standard))
                        .map(value -> value.path() + " from "
                                + value.origin().toString().replace(folder.toString(), "")))
                .containsExactly(
                        "cluster.host from /pgpitr.toml:4",
                        "cluster.port from --port",
                        "cluster.user from " + "PGPITR_CLUSTER_USER");
    }

    @Test
    void variables_alone_make_a_configuration() {
        Configuration configuration = load(
                "",
                Map.of(
                        "PGPITR_CLUSTER_NAME", "main",
                        "PGPITR_REPOSITORY_URL", "/srv/one",
                        "PGPITR_REPOSITORY_2_URL", "s3://two",
                        "PGPITR_REPOSITORY_2_REGION", "r",
                        "PGPITR_ENCRYPTION_RECIPIENTS", RECIPIENT + ", " + RECIPIENT),
                Optional.empty());

        assertThat(configuration.repositories())
                .extracting(RepositorySettings::url)
                .map(Object::toString)
                .containsExactly("file:///srv/one", "s3://two");
        assertThat(configuration.repositories().get(1).s3().region()).contains("r");
        assertThat(configuration.encryption().recipients()).hasSize(2);
    }

    @Test
    void variables_of_more_repositories_than_the_hooks_compare_are_refused() {
        for (String variable : List.of("PGPITR_REPOSITORY_4_URL", "PGPITR_REPOSITORY_99_ENDPOINT")) {
            assertThatThrownBy(() -> load("", Map.of(variable, "s3://four"), Optional.empty()))
                    .isInstanceOfSatisfying(
                            PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                    .hasMessage("the variable " + variable + " is of a repository behind the third");
        }
    }

    @Test
    void an_unknown_variable_is_warned_of_only_if_it_looks_like_a_slip() {
        Configuration configuration = load(
                "",
                Map.of(
                        "PGPITR_BACKUP_WORKER", "2",
                        "PGPITR_PORT_5432_TCP", "tcp://10.0.0.1:5432",
                        "PGPITR_JAVA", "/usr/bin/java"),
                Optional.empty());

        assertThat(configuration.warnings())
                .containsExactly("the variable PGPITR_BACKUP_WORKER sets nothing; did you mean PGPITR_BACKUP_WORKERS?");
    }

    @Test
    void one_of_several_repositories_is_taken_by_name_place_or_url() {
        String toml = """
                [[repository]]
                url = "file:///srv/near"
                [[repository]]
                name = "far"
                url = "s3://bucket"
                region = "r"
                """;

        assertThat(load(toml).repositories()).hasSize(2);
        assertThat(load(toml, Map.of(), Optional.of("far")).repository().url()).hasToString("s3://bucket");
        assertThat(load(toml, Map.of(), Optional.of("1")).repository().url()).hasToString("file:///srv/near");
        RepositorySettings byUrl =
                load(toml, Map.of(), Optional.of("s3://bucket/")).repository();
        assertThat(byUrl.name()).isEqualTo("far");
        assertThat(byUrl.s3().region()).contains("r");
    }

    @Test
    void another_repository_is_taken_by_its_url_without_the_files_settings() {
        String toml = "[[repository]]\nurl = \"s3://bucket\"\nregion = \"r\"\n";

        Configuration configuration = load(
                toml, Map.of("PGPITR_REPOSITORY_ENDPOINT", "http://localhost:9000"), Optional.of("s3://other/prefix"));

        assertThat(configuration.repositories()).hasSize(1);
        assertThat(configuration.repository().url()).hasToString("s3://other/prefix");
        assertThat(configuration.repository().s3().region()).isEmpty();
        assertThat(configuration.repository().s3().endpoint()).isPresent();
    }

    @Test
    void a_repository_that_is_neither_configured_nor_a_url_is_refused() {
        assertThatThrownBy(() -> load("[[repository]]\nurl = \"/srv\"\n", Map.of(), Optional.of("far")))
                .hasMessage("--repository: \"far\" is neither a URL of the form file:///folder or s3://bucket/prefix"
                        + " nor a configured repository (1)");
    }

    @Test
    void keys_that_contradict_each_other_are_refused() {
        assertThat(problems("""
                        [[repository]]
                        name = "a"
                        url = "file:///srv"
                        region = "r"
                        [[repository]]
                        name = "a"
                        url = "file:///srv/"
                        [[repository]]
                        url = "s3://bbb"
                        access_key_id = "i"
                        sse_kms_key = "k"
                        read_timeout = "10min"
                        [[repository]]
                        region = "r"
                        """).lines().skip(1).map(String::strip))
                .containsExactlyInAnyOrder(
                        "/pgpitr.toml:4: repository.1.region is for s3:// only",
                        "/pgpitr.toml:6: repository.2.name is \"a\", as that of repository.1",
                        "/pgpitr.toml:7: repository.2.url is that of repository.1",
                        "/pgpitr.toml:10: repository.3.access_key_id needs secret_access_key_file",
                        "/pgpitr.toml:11: repository.3.sse_kms_key needs sse",
                        "/pgpitr.toml:12: repository.3.read_timeout makes call_timeout shorter than read_timeout",
                        "/pgpitr.toml:14: repository.4 has no url");
    }

    @Test
    void an_empty_recipient_is_no_recipient_and_not_plaintext() {
        for (String empty : List.of("[\"\"]", "\"\"", "[\"" + RECIPIENT + "\", \" \"]", "\"" + RECIPIENT + ",\"")) {
            assertThat(problems("[encryption]\nrecipients = " + empty + "\n"))
                    .startsWith("/pgpitr.toml:2: encryption.recipients must be a list of age recipients");
        }
        assertThat(load("[encryption]\nrecipients = []\n").encryption().recipients())
                .isEmpty();
    }

    @Test
    void a_section_written_the_wrong_way_is_told_how() {
        assertThat(problems("[repository]\nurl = \"/srv\"\n"))
                .isEqualTo("/pgpitr.toml:1: write this as a section, [[repository]]");
    }

    @Test
    void no_message_and_no_listing_holds_a_secret() {
        Configuration configuration = load("""
                [cluster]
                password = "hidden"
                [[repository]]
                url = "s3://bbb"
                access_key_id = "i"
                secret_access_key = "hidden"
                session_token = "hidden"
                """, Map.of("PGPITR_IDENTITY_PASSPHRASE", "hidden"), Optional.empty());

        assertThat(configuration.toString()).doesNotContain("hidden");
        assertThat(configuration.values().stream()
                        .filter(value -> value.key().isSecret())
                        .toList())
                .filteredOn(value -> value.text().isPresent())
                .hasSize(4)
                .allSatisfy(value -> assertThat(value.text()).contains(Secret.MASK));
        assertThat(problems("[encryption]\nrecipients = [\"AGE-SECRET-KEY-1HIDDEN\"]\n"))
                .doesNotContain("HIDDEN");
    }

    @Test
    void a_file_with_secrets_that_everybody_can_read_is_warned_of() throws IOException {
        Path file = Files.writeString(folder.resolve("open.toml"), "[cluster]\npassword = \"x\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        ConfigurationSources sources = new ConfigurationSources(
                Optional.of(file), Map.of(), List.of(), Optional.empty(), folder.resolve("none"));

        assertThat(ConfigurationLoader.load(sources).warnings())
                .containsExactly(file + " holds secrets and can be read by everybody; chmod 640 it");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(ConfigurationLoader.load(sources).warnings()).isEmpty();
    }

    @Test
    void a_named_file_must_exist_and_the_standard_one_need_not() {
        Path none = folder.resolve("none");

        assertThatThrownBy(() -> ConfigurationLoader.load(new ConfigurationSources(
                        Optional.empty(), Map.of("PGPITR_CONFIG", none.toString()), List.of(), Optional.empty(), none)))
                .hasMessage("there is no configuration file " + none);
        assertThat(ConfigurationLoader.load(
                                new ConfigurationSources(Optional.empty(), Map.of(), List.of(), Optional.empty(), none))
                        .file())
                .isEmpty();
    }

    @Test
    void what_is_missing_is_told_when_it_is_needed() {
        Configuration configuration = load("");

        assertThatThrownBy(configuration::clusterName)
                .hasMessage("the cluster's name is not configured")
                .satisfies(e ->
                        assertThat(((PgpitrException) e).hint().orElseThrow()).contains("--cluster NAME"));
        assertThatThrownBy(configuration::repository).hasMessage("no repository is configured");
    }
}
