package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import org.pgpitr.postgres.Mutations;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

class CodecFuzzTest {
    private static final long SEED = 20261120;
    private static final ObjectKey KEY = ObjectKey.of("main/1/x.zst");
    private static final AgeIdentity OWN = AgeIdentity.generate();

    private static Codec codec(Encryption encryption) {
        return encryption == Encryption.NONE
                ? new Codec(encryption, Keys.none(), 3)
                : new Codec(encryption, Keys.of(List.of(OWN.recipient()), List.of(OWN)), 3);
    }

    private static String context(int round) {
        return "seed " + SEED + ", round " + round;
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void the_digest_of_a_mutated_beginning_is_the_right_one_another_or_corrupt(Encryption encryption)
            throws IOException {
        Random random = new Random(SEED);
        Codec codec = codec(encryption);
        byte[] prefix;
        try (Encoded encoded = codec.encodeFile("00000002.history", Content.of(new byte[50]))) {
            prefix = Arrays.copyOf(encoded.content().open().readAllBytes(), Codec.TAG_PREFIX);
        }
        for (int i = 0; i < 50_000; i++) {
            byte[] mutated = Mutations.of(prefix, random);
            try {
                assertThat(codec.sha256(KEY, mutated)).as(context(i)).matches("[0-9a-f]{64}");
            } catch (PgpitrException e) {
                assertThat(e.exitCode()).as(context(i)).isEqualTo(ExitCode.CORRUPT);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_mutated_object_delivers_its_file_or_nothing(Encryption encryption) throws IOException {
        Random random = new Random(SEED);
        Codec codec = codec(encryption);
        byte[] plain = new byte[3000];
        random.nextBytes(plain);
        Arrays.fill(plain, 1000, 2000, (byte) 7);
        byte[] stored;
        try (Encoded encoded = codec.encodeFile("00000002.history", Content.of(plain))) {
            stored = encoded.content().open().readAllBytes();
        }
        for (int i = 0; i < (encryption == Encryption.AGE ? 1_000 : 10_000); i++) {
            byte[] mutated = Mutations.of(stored, random);
            try (DecodedFile file = codec.decodeFile(KEY, new ByteArrayInputStream(mutated))) {
                byte[] content = file.content().readAllBytes();
                // In a plain object the tag is not authenticated: name and digest may both be others.
                assertThat(Sha256.of(content))
                        .as(context(i))
                        .isEqualTo(file.tag().sha256());
                assertThat(content).as(context(i)).isEqualTo(plain);
            } catch (PgpitrException e) {
                assertThat(e.exitCode()).as(context(i)).isIn(ExitCode.CORRUPT, ExitCode.NO_KEY);
            }
        }
    }

    @Test
    void a_mutated_identity_file_is_read_or_no_key() {
        Random random = new Random(SEED);
        byte[] text = IdentityFile.text(OWN, java.time.Instant.EPOCH).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = Mutations.of(text, random);
            try {
                assertThat(IdentityFile.parse(java.nio.file.Path.of("f"), mutated))
                        .as(context(i))
                        .isNotEmpty();
            } catch (PgpitrException e) {
                assertThat(e.exitCode()).as(context(i)).isEqualTo(ExitCode.NO_KEY);
            }
        }
    }

    @Test
    void a_mutated_protected_file_opens_or_fails_in_a_known_way() throws IOException {
        Random random = new Random(SEED);
        byte[] file = ProtectedFile.encrypt("content".getBytes(StandardCharsets.US_ASCII), chars(), 2);
        Pattern muchWork = Pattern.compile("-> scrypt \\S+ [1-9][0-9]");
        for (int i = 0; i < 1_000; i++) {
            byte[] mutated = Mutations.of(file, random);
            if (muchWork.matcher(new String(mutated, StandardCharsets.ISO_8859_1))
                    .find()) {
                continue;
            }
            try {
                assertThat(ProtectedFile.decrypt(mutated, chars(), 100))
                        .as(context(i))
                        .asString()
                        .isEqualTo("content");
            } catch (AgeFile.NotOpenedException | DamagedException e) {
                assertThat(e).as(context(i)).isNotNull();
            }
        }
    }

    private static char[] chars() {
        return "x".toCharArray();
    }

    @Test
    void a_mutated_page_image_is_decompressed_to_its_length_or_refused() {
        byte[] page = new byte[5000];
        Arrays.fill(page, 700, 3000, (byte) 7);
        Fuzzing.of("zstd image", com.github.luben.zstd.Zstd.compress(page))
                .cases(20_000)
                .run(bytes -> ZstdPages.decompress(bytes, page.length)
                        .ifPresent(content -> assertThat(content).hasSameSizeAs(page)));
    }
}
