package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.repository.codec.IdentityFile;
import org.pgpitr.repository.codec.PassphraseSource;

class KeygenTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("identity.txt");
    }

    private String recipient(PassphraseSource passphrases) {
        return IdentityFile.read(file(), passphrases).get(0).recipient().toString();
    }

    @Test
    void the_recipient_is_printed_and_the_identity_is_its_owners_alone() throws IOException {
        RunCli.Result result = new RunCli().run("keygen", "--output", file().toString());

        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualTo(recipient(PassphraseSource.NONE) + "\n");
        assertThat(result.err()).doesNotContain("AGE-SECRET-KEY");
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void an_identity_is_never_overwritten() throws IOException {
        Files.writeString(file(), "mine");

        assertThat(new RunCli().run("keygen", "-o", file().toString()).status()).isEqualTo(2);
        assertThat(file()).hasContent("mine");
    }

    @Test
    void a_passphrase_is_asked_for_twice() {
        assertThat(new RunCli()
                        .at(RunCli.person("one", "other"))
                        .with("NO_COLOR", "1")
                        .run("keygen", "-p", "-o", file().toString())
                        .err())
                .startsWith("error: the two passphrases are not the same\n");
        assertThat(file()).doesNotExist();

        assertThat(new RunCli()
                        .at(RunCli.person("same", "same"))
                        .run("keygen", "-p", "-o", file().toString())
                        .status())
                .isZero();
        assertThat(recipient(what -> Optional.of("same".toCharArray()))).startsWith("age1");
    }

    @Test
    void a_passphrase_comes_from_the_variable_or_a_file() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "from file\n");

        RunCli.Result result =
                new RunCli().run("keygen", "--passphrase-file", secret.toString(), "--json", "-o", file().toString());

        assertThat(JSON.std.mapFrom(result.out()))
                .containsEntry("recipient", recipient(what -> Optional.of("from file".toCharArray())))
                .containsEntry("protected", true)
                .containsEntry("identity_file", file().toString());
        Files.delete(file());
        assertThat(new RunCli()
                        .with("PGPITR_IDENTITY_PASSPHRASE", "from variable")
                        .run("keygen", "-p", "-o", file().toString())
                        .status())
                .isZero();
        assertThat(recipient(what -> Optional.of("from variable".toCharArray())))
                .startsWith("age1");
    }

    @Test
    void without_a_terminal_nobody_is_asked() {
        assertThat(new RunCli().run("keygen", "-p", "-o", file().toString()).err())
                .isEqualTo("""
                error: there is no terminal to ask for a passphrase
                hint: set PGPITR_IDENTITY_PASSPHRASE, or give --passphrase-file
                """);
    }
}
