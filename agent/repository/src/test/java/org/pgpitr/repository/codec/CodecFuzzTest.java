package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

class CodecFuzzTest {
    private static final ObjectKey KEY = ObjectKey.of("main/1/x.zst");
    private static final AgeIdentity OWN = AgeIdentity.generate();
    /** The file itself says how much work its passphrase takes; from some point on that is refused. */
    private static final Pattern MUCH_WORK = Pattern.compile("-> scrypt \\S+ [1-9][0-9]");

    private static Codec codec(Encryption encryption) {
        return encryption == Encryption.NONE
                ? new Codec(encryption, Keys.none(), 3)
                : new Codec(encryption, Keys.of(List.of(OWN.recipient()), List.of(OWN)), 3);
    }

    /** Read to its end, it is what it says it is. */
    private static void isWhat(byte[] plain, DecodedFile file) throws IOException {
        byte[] content = file.content().readAllBytes();
        // In a plain object the tag is not authenticated: name and digest may both be others.
        assertThat(Sha256.of(content)).isEqualTo(file.tag().sha256());
        assertThat(content).isEqualTo(plain);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void the_digest_of_a_mutated_beginning_is_the_right_one_another_or_corrupt(Encryption encryption)
            throws IOException {
        Codec codec = codec(encryption);
        byte[] prefix;
        try (Encoded encoded = codec.encodeFile("00000002.history", Content.of(new byte[50]))) {
            prefix = Arrays.copyOf(encoded.content().open().readAllBytes(), Codec.TAG_PREFIX);
        }
        Fuzzing.of("tag, " + encryption, prefix).cases(50_000).run(bytes -> {
            try {
                assertThat(codec.sha256(KEY, bytes)).matches("[0-9a-f]{64}");
            } catch (PgpitrException e) {
                assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_mutated_object_delivers_its_file_or_nothing(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        byte[] plain = new byte[3000];
        new Random(20261120).nextBytes(plain);
        Arrays.fill(plain, 1000, 2000, (byte) 7);
        byte[] stored;
        try (Encoded encoded = codec.encodeFile("00000002.history", Content.of(plain), Arrays.copyOf(plain, 600))) {
            stored = encoded.content().open().readAllBytes();
        }
        Fuzzing.of("object, " + encryption, stored)
                .cases(encryption == Encryption.AGE ? 1_000 : 10_000)
                .atMost(1 << 20, 64)
                .run(bytes -> {
                    try (DecodedFile file = codec.decodeFile(KEY, new ByteArrayInputStream(bytes))) {
                        isWhat(plain, file);
                    } catch (PgpitrException e) {
                        assertThat(e.exitCode()).isIn(ExitCode.CORRUPT, ExitCode.NO_KEY);
                    }
                    tellsWhatStandsBesideOrFails(codec, bytes);
                });
    }

    private static void tellsWhatStandsBesideOrFails(Codec codec, byte[] stored) throws IOException {
        try {
            codec.annex(KEY, new ByteArrayInputStream(stored))
                    .ifPresent(annex -> assertThat(annex).hasSizeLessThan(stored.length));
        } catch (EOFException e) {
            assertThat(e).hasMessage("it is cut off");
        } catch (PgpitrException e) {
            assertThat(e.exitCode()).isIn(ExitCode.CORRUPT, ExitCode.NO_KEY);
        }
    }

    @Test
    void a_mutated_identity_file_is_read_or_no_key() {
        byte[] text = IdentityFile.text(OWN, Instant.EPOCH).getBytes(StandardCharsets.US_ASCII);
        Fuzzing.of("identity file", text).run(bytes -> {
            try {
                assertThat(IdentityFile.parse(Path.of("f"), bytes)).isNotEmpty();
            } catch (PgpitrException e) {
                assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY);
            }
        });
    }

    @Test
    void a_mutated_recipient_is_one_or_refused() {
        Fuzzing.of("recipient", OWN.recipient().value().getBytes(StandardCharsets.US_ASCII))
                .run(bytes -> {
                    try {
                        String text = new String(bytes, StandardCharsets.UTF_8);
                        assertThat(new AgeRecipient(text)).hasToString(text);
                    } catch (PgpitrException e) {
                        assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
                    }
                });
    }

    @Test
    void a_mutated_protected_file_opens_or_fails_in_a_known_way() throws IOException {
        byte[] file = ProtectedFile.encrypt("content".getBytes(StandardCharsets.US_ASCII), chars(), 2);
        Fuzzing.of("protected file", file)
                .declaring(AgeFile.NotOpenedException.class)
                .declaring(DamagedException.class)
                .cases(1_000)
                .atMost(1 << 20, 64)
                .run(bytes -> {
                    String text = new String(bytes, StandardCharsets.ISO_8859_1);
                    if (!MUCH_WORK.matcher(text).find()) {
                        assertThat(ProtectedFile.decrypt(bytes, chars(), 100))
                                .asString()
                                .isEqualTo("content");
                    }
                });
    }

    private static char[] chars() {
        return "x".toCharArray();
    }

    @Test
    void a_mutated_page_image_is_decompressed_to_its_length_or_refused() {
        byte[] page = new byte[5000];
        Arrays.fill(page, 700, 3000, (byte) 7);
        Fuzzing.of("zstd image", com.github.luben.zstd.Zstd.compress(page))
                .run(bytes -> ZstdPages.decompress(bytes, page.length)
                        .ifPresent(content -> assertThat(content).hasSameSizeAs(page)));
    }
}
