package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

class IdentityFileTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T14:00:00.5Z"), ZoneOffset.UTC);
    /** Made by age-keygen 1.1.1. */
    private static final String SECRET = "AGE-SECRET-KEY-14TKTVQ0R6NSPVLP5GR5TNRK3TQHDANVY6L5ZK053F3697MHUNFGQ7M028E";

    private static final String PUBLIC = "age1qmf2tvggqttdumtnqpm382vk63w9dv66ws7p9xfs60r2pw3wtv3qleexqv";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("identity.txt");
    }

    private static PassphraseSource says(String passphrase) {
        return what -> Optional.of(passphrase.toCharArray());
    }

    private static void assertNoKey(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY);
            assertThat(e).hasMessageContaining(message);
            assertThat(e.getMessage() + e.hint()).doesNotContain("AGE-SECRET-KEY-14");
        });
    }

    @Test
    void a_new_identity_is_written_as_age_keygen_does() throws IOException {
        AgeIdentity made = IdentityFile.create(file, Optional.empty(), CLOCK);
        assertThat(file)
                .content()
                .isEqualTo("# created: 2026-11-20T14:00:00Z\n# public key: " + made.recipient() + "\n" + made.secret()
                        + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        List<AgeIdentity> read = IdentityFile.read(file, PassphraseSource.NONE);
        assertThat(read).hasSize(1);
        assertThat(read.get(0).recipient()).isEqualTo(made.recipient());
    }

    @Test
    void an_existing_file_is_never_overwritten() throws IOException {
        Files.writeString(file, "precious");
        assertThatThrownBy(() -> IdentityFile.create(file, Optional.empty(), CLOCK))
                .isInstanceOfSatisfying(PgpitrException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
                    assertThat(e).hasMessage("file " + file + " exists already");
                });
        assertThat(file).content().isEqualTo("precious");
    }

    @Test
    void the_public_key_is_the_one_that_age_computes() {
        assertThat(AgeIdentity.parse(SECRET).recipient()).hasToString(PUBLIC);
        assertThat(AgeIdentity.parse(SECRET)).hasToString("identity of " + PUBLIC);
    }

    @Test
    void a_generated_identity_can_be_parsed() {
        AgeIdentity made = AgeIdentity.generate();
        assertThat(AgeIdentity.parse(made.secret()).recipient()).isEqualTo(made.recipient());
        assertThat(made.secret()).matches("AGE-SECRET-KEY-1[0-9A-Z]{58}");
    }

    @Test
    void a_recipient_with_a_wrong_letter_is_refused() {
        for (String wrong : List.of(
                "",
                "age1",
                PUBLIC + "q",
                PUBLIC.replace('m', 'n'),
                PUBLIC.toUpperCase(java.util.Locale.ROOT),
                SECRET)) {
            assertThatThrownBy(() -> new AgeRecipient(wrong)).isInstanceOfSatisfying(PgpitrException.class, e -> {
                assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
                assertThat(e).hasMessageStartingWith("not an age recipient");
                assertThat(e.getMessage()).doesNotContain("SECRET");
            });
        }
        assertThat(new AgeRecipient(PUBLIC)).hasToString(PUBLIC);
    }

    @Test
    void a_file_may_hold_several_identities_and_comments() throws IOException {
        Files.writeString(
                file,
                "# one\r\n" + SECRET + "\r\n\n# two\n" + AgeIdentity.generate().secret());
        assertThat(IdentityFile.read(file, PassphraseSource.NONE)).hasSize(2);
    }

    @Test
    void a_line_that_is_no_identity_is_named_but_not_repeated() throws IOException {
        Files.writeString(file, "# one\n" + SECRET + "\n" + SECRET.replace('7', '8') + "\n");
        assertNoKey(() -> IdentityFile.read(file, PassphraseSource.NONE), "line 3 of identity file");
    }

    @Test
    void a_file_that_is_missing_empty_or_too_long_is_no_key() throws IOException {
        assertNoKey(() -> IdentityFile.read(file, PassphraseSource.NONE), "does not exist");
        Files.writeString(file, "# nothing\n");
        assertNoKey(() -> IdentityFile.read(file, PassphraseSource.NONE), "there is no identity in");
        Files.write(file, new byte[70_000]);
        assertNoKey(() -> IdentityFile.read(file, PassphraseSource.NONE), "too long");
        assertNoKey(() -> IdentityFile.read(directory, PassphraseSource.NONE), "can't read identity file");
    }

    @Test
    void a_protected_file_opens_with_its_passphrase_only() {
        AgeIdentity made = IdentityFile.create(file, Optional.of("pässwörd".toCharArray()), CLOCK);
        assertThat(IdentityFile.read(file, says("pässwörd")).get(0).recipient()).isEqualTo(made.recipient());
        assertNoKey(() -> IdentityFile.read(file, says("password")), "the passphrase does not open identity file");
        assertNoKey(() -> IdentityFile.read(file, PassphraseSource.NONE), "is protected and there is no passphrase");
    }

    @Test
    void an_armored_file_is_read() throws IOException {
        byte[] binary = ProtectedFile.encrypt((SECRET + "\n").getBytes(StandardCharsets.US_ASCII), chars("x"), 4);
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(binary);
        Files.writeString(file, "-----BEGIN AGE ENCRYPTED FILE-----\n" + body + "\n-----END AGE ENCRYPTED FILE-----\n");
        assertThat(IdentityFile.read(file, says("x")).get(0).recipient()).hasToString(PUBLIC);
        Files.writeString(file, "-----BEGIN AGE ENCRYPTED FILE-----\n" + body);
        assertNoKey(() -> IdentityFile.read(file, says("x")), "is damaged");
    }

    @Test
    void more_work_than_age_accepts_is_refused_without_doing_it() throws IOException {
        byte[] file18 = ProtectedFile.encrypt(new byte[1], chars("x"), 4);
        String text = new String(file18, StandardCharsets.ISO_8859_1).replaceFirst("(-> scrypt \\S+) 4\n", "$1 23\n");
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
        assertNoKey(() -> IdentityFile.read(file, says("x")), "its work factor 2^23 is beyond the limit of 2^22");
    }

    @Test
    void a_file_encrypted_to_a_recipient_is_told_from_a_wrong_passphrase_in_the_hint() throws IOException {
        Codec codec = new Codec(
                org.pgpitr.repository.ClusterIdentity.Encryption.AGE,
                Keys.of(List.of(new AgeRecipient(PUBLIC)), List.of()),
                3);
        Files.write(file, codec.seal(new byte[5], 0, 5).open().readAllBytes());
        assertNoKey(() -> IdentityFile.read(file, says("x")), "the passphrase does not open");
    }

    private static char[] chars(String text) {
        return text.toCharArray();
    }
}
