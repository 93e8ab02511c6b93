package org.pgpitr.service.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.IdentityFile;
import org.pgpitr.repository.codec.PassphraseSource;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ConfigurationLoader;
import org.pgpitr.service.config.ConfigurationSources;
import org.pgpitr.service.config.RepositoryUrl;
import org.pgpitr.storage.s3.S3Credentials;
import org.pgpitr.storage.s3.S3StoreSettings;
import org.pgpitr.storage.s3.ServerSideEncryption;

class WiringTest {
    @TempDir
    private Path folder;

    private Configuration load(String toml, Map<String, String> variables) throws IOException {
        Path file = Files.writeString(folder.resolve("pgpitr.toml"), toml);
        return ConfigurationLoader.load(
                new ConfigurationSources(Optional.of(file), variables, List.of(), Optional.empty(), file));
    }

    private S3StoreSettings s3(String toml, Map<String, String> variables) throws IOException {
        var repository = load("[[repository]]\nurl = \"s3://bucket/prefix\"\n" + toml, variables)
                .repository();
        return Stores.s3((RepositoryUrl.S3) repository.url(), repository.s3());
    }

    @Test
    void a_bucket_alone_is_amazons_with_the_sdks_own_credentials() throws IOException {
        S3StoreSettings settings = s3("", Map.of());

        assertThat(settings.bucket()).isEqualTo("bucket");
        assertThat(settings.prefix()).isEqualTo("prefix");
        assertThat(settings.addressing()).isEqualTo(S3StoreSettings.Addressing.VIRTUAL_HOST);
        assertThat(settings.credentials()).isEqualTo(new S3Credentials.DefaultChain());
        assertThat(settings.serverSideEncryption()).isEqualTo(new ServerSideEncryption.BucketDefault());
        assertThat(settings.conditionalWrites()).isEqualTo(S3StoreSettings.ConditionalWrites.HONOURED);
    }

    @Test
    void an_endpoint_is_asked_in_path_style_unless_told_otherwise() throws IOException {
        assertThat(s3("endpoint = \"http://localhost:9000\"\n", Map.of()).addressing())
                .isEqualTo(S3StoreSettings.Addressing.PATH);
        assertThat(s3("endpoint = \"http://localhost:9000\"\npath_style = false\n", Map.of())
                        .addressing())
                .isEqualTo(S3StoreSettings.Addressing.VIRTUAL_HOST);
    }

    @Test
    void keys_come_from_a_file_or_a_variable() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "from file\n");

        assertThat(s3("access_key_id = \"i\"\nsecret_access_key_file = \"" + secret + "\"\n", Map.of())
                        .credentials())
                .isEqualTo(new S3Credentials.Keys("i", "from file", Optional.empty()));
        assertThat(s3("access_key_id = \"i\"\n", Map.of("PGPITR_REPOSITORY_SECRET_ACCESS_KEY", "from variable"))
                        .credentials())
                .isEqualTo(new S3Credentials.Keys("i", "from variable", Optional.empty()));
        assertThat(s3("profile = \"p\"\n", Map.of()).credentials()).isEqualTo(new S3Credentials.Profile("p"));
    }

    @Test
    void a_secrets_file_that_is_missing_or_empty_is_refused() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");

        assertThatThrownBy(() -> SecretFile.read(empty)).hasMessage("the secret in " + empty + " is empty");
        assertThatThrownBy(() -> SecretFile.read(folder.resolve("none")))
                .hasMessage("can't read the secret in " + folder.resolve("none") + " (NoSuchFileException)");
    }

    @Test
    void tls_settings_are_for_tcp_alone() throws IOException {
        try (Wiring local = wiring("", Map.of(), PassphraseSource.NONE);
                Wiring tcp = wiring("host = \"db\"\nsslmode = \"require\"\n", Map.of(), PassphraseSource.NONE)) {
            assertThat(local.connection().options()).isEmpty();
            assertThat(tcp.connection().options()).containsExactly(Map.entry("sslmode", "require"));
        }
    }

    private Wiring wiring(String cluster, Map<String, String> variables, PassphraseSource terminal) throws IOException {
        return new Wiring(load("[cluster]\nname = \"main\"\n" + cluster, variables), terminal);
    }

    @Test
    void a_protected_identity_is_opened_by_variable_or_terminal_and_only_when_needed() throws IOException {
        Path file = folder.resolve("identity.txt");
        AgeIdentity identity =
                IdentityFile.create(file, Optional.of("open".toCharArray()), java.time.Clock.systemUTC());
        String toml = "[encryption]\nidentity_file = \"" + file + "\"\n";
        PassphraseSource never = what -> {
            throw new AssertionError("asked for " + what);
        };

        try (Wiring byVariable = wiring(toml, Map.of("PGPITR_IDENTITY_PASSPHRASE", "open"), never);
                Wiring byTerminal = wiring(toml, Map.of(), what -> Optional.of("open".toCharArray()));
                Wiring unasked = wiring(toml, Map.of(), never)) {
            assertThat(byVariable.keys().identities().load())
                    .extracting(AgeIdentity::recipient)
                    .containsExactly(identity.recipient());
            assertThat(byTerminal.keys().identities().load()).hasSize(1);
            assertThat(unasked.keys().encrypts()).isFalse();
        }
    }
}
