package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

class CodecTest {
    private static final ObjectKey KEY = ObjectKey.of("main/1/x.zst");
    private static final AgeIdentity OWN = AgeIdentity.generate();
    private static final AgeIdentity SECOND = AgeIdentity.generate();
    private static final AgeIdentity STRANGER = AgeIdentity.generate();

    private static Codec codec(Encryption encryption) {
        return encryption == Encryption.NONE
                ? new Codec(encryption, Keys.none(), 3)
                : new Codec(encryption, Keys.of(List.of(OWN.recipient(), SECOND.recipient()), List.of(OWN)), 3);
    }

    private static Codec reader(AgeIdentity... identities) {
        return new Codec(Encryption.AGE, Keys.of(List.of(), List.of(identities)), 3);
    }

    private static byte[] stored(Encoded encoded) throws IOException {
        try (encoded;
                InputStream in = encoded.content().open()) {
            byte[] bytes = in.readAllBytes();
            assertThat(bytes.length).isEqualTo((int) encoded.content().length());
            return bytes;
        }
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] decoded(Codec codec, byte[] stored) throws IOException {
        try (InputStream in = codec.decode(KEY, new ByteArrayInputStream(stored))) {
            return in.readAllBytes();
        }
    }

    private static byte[] decodedFile(Codec codec, byte[] stored) throws IOException {
        try (DecodedFile file = codec.decodeFile(KEY, new ByteArrayInputStream(stored))) {
            return file.content().readAllBytes();
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void what_is_encoded_decodes(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 3 << 20}) {
            byte[] plain = random(length, length);
            assertThat(decoded(codec, stored(codec.encode(Content.of(plain))))).isEqualTo(plain);
            assertThat(decodedFile(codec, stored(codec.encodeFile("f", Content.of(plain)))))
                    .isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_file_beyond_the_memory_limit_goes_through_a_temporary_file(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        byte[] plain = random(7, 70 << 20);
        byte[] stored;
        try (CompressedFile compressed = CompressedFile.of("f", Content.of(plain), 3)) {
            stored = stored(codec.encodeFile(compressed, new byte[0]));
        }
        assertThat(decodedFile(codec, stored)).isEqualTo(plain);
        assertThat(codec.sha256(KEY, Arrays.copyOf(stored, Codec.TAG_PREFIX))).isEqualTo(Sha256.of(plain));
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void what_is_sealed_unseals(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        for (int length : new int[] {0, 1, 65_536, 200_000}) {
            byte[] compressed = random(length, length + 20);
            Content sealed = codec.seal(compressed, 10, length);
            for (int again = 0; again < 2; again++) {
                byte[] bytes = sealed.open().readAllBytes();
                assertThat(bytes.length).isEqualTo((int) sealed.length());
                try (InputStream in = codec.unseal(KEY, new ByteArrayInputStream(bytes))) {
                    assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(compressed, 10, 10 + length));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void the_digest_of_a_file_is_read_from_the_first_kilobyte_without_a_key(Encryption encryption) throws IOException {
        byte[] plain = random(3, 100_000);
        byte[] stored = stored(codec(encryption).encodeFile("0000000100000000000000A3.partial", Content.of(plain)));
        Codec keyless = new Codec(encryption, Keys.none(), 3);
        assertThat(keyless.sha256(KEY, Arrays.copyOf(stored, 1024))).isEqualTo(Sha256.of(plain));
    }

    @Test
    void the_digest_stands_in_the_first_kilobyte_whatever_the_number_of_recipients() throws IOException {
        List<AgeRecipient> many = java.util.stream.Stream.generate(AgeIdentity::generate)
                .limit(40)
                .map(AgeIdentity::recipient)
                .toList();
        Codec codec = new Codec(Encryption.AGE, Keys.of(many, List.of()), 3);
        byte[] stored = stored(codec.encodeFile("f", Content.of(new byte[10])));
        assertThat(codec.sha256(KEY, Arrays.copyOf(stored, 1024))).isEqualTo(Sha256.of(new byte[10]));
    }

    @Test
    void each_recipient_can_read() throws IOException {
        byte[] stored = stored(codec(Encryption.AGE).encode(Content.of(new byte[10])));
        assertThat(decoded(reader(SECOND), stored)).isEqualTo(new byte[10]);
        assertThat(decoded(reader(STRANGER, SECOND), stored)).isEqualTo(new byte[10]);
        assertThat(decoded(reader(OWN, STRANGER), stored)).isEqualTo(new byte[10]);
    }

    @Test
    void another_identity_is_no_key() throws IOException {
        byte[] stored = stored(codec(Encryption.AGE).encode(Content.of(new byte[10])));
        assertThatThrownBy(() -> decoded(reader(STRANGER, AgeIdentity.generate()), stored))
                .isInstanceOfSatisfying(PgpitrException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY);
                    assertThat(e).hasMessage("no configured identity decrypts object main/1/x.zst");
                });
    }

    @Test
    void no_identity_is_no_key() throws IOException {
        byte[] stored = stored(codec(Encryption.AGE).encode(Content.of(new byte[10])));
        assertThatThrownBy(() -> decoded(reader(), stored)).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY);
            assertThat(e.hint()).hasValueSatisfying(h -> assertThat(h).contains("identity_file"));
        });
    }

    @Test
    void nothing_is_written_plain_where_encryption_is_expected_nor_the_other_way_round() {
        Codec withoutRecipients = new Codec(Encryption.AGE, Keys.none(), 3);
        Codec withRecipients = new Codec(Encryption.NONE, Keys.of(List.of(OWN.recipient()), List.of()), 3);
        for (Codec codec : List.of(withoutRecipients, withRecipients)) {
            assertThatThrownBy(() -> codec.encode(Content.of(new byte[1])))
                    .isInstanceOfSatisfying(PgpitrException.class, e -> {
                        assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
                        assertThat(e.hint()).isPresent();
                    });
            assertThatThrownBy(() -> codec.seal(new byte[1], 0, 1)).isInstanceOf(PgpitrException.class);
            assertThatThrownBy(() -> codec.encodeFile("f", Content.of(new byte[1])))
                    .isInstanceOf(PgpitrException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_file_cut_off_anywhere_is_corrupt(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        for (byte[] annex : List.of(new byte[0], random(22, 500))) {
            byte[] stored = stored(codec.encodeFile("f", Content.of(random(11, 200_000)), annex));
            for (int length = 0; length < stored.length; length += length < 600 + annex.length ? 1 : 4999) {
                byte[] cut = Arrays.copyOf(stored, length);
                assertThatThrownBy(() -> decodedFile(codec, cut)).satisfies(CodecTest::isCorruptOrNoKey);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_flipped_bit_anywhere_is_noticed(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        byte[] plain = random(12, 70_000);
        Random random = new Random(13);
        for (byte[] annex : List.of(new byte[0], random(23, 200))) {
            byte[] stored = stored(codec.encodeFile("f", Content.of(plain), annex));
            for (int i = 0; i < stored.length; i += i < 600 ? 1 : 1999) {
                byte[] changed = stored.clone();
                changed[i] ^= (byte) (1 << random.nextInt(8));
                assertDeliversTheSameOrFails(codec, changed, plain, i);
            }
        }
    }

    /** A bit that carries no meaning (an unused one of zstd's frame header) may change; the content may not. */
    private static void assertDeliversTheSameOrFails(Codec codec, byte[] stored, byte[] plain, int position)
            throws IOException {
        try {
            assertThat(decodedFile(codec, stored)).as("byte " + position).isEqualTo(plain);
        } catch (PgpitrException e) {
            isCorruptOrNoKey(e);
        }
    }

    private static void isCorruptOrNoKey(Throwable e) {
        assertThat(e)
                .isInstanceOfSatisfying(
                        PgpitrException.class, p -> assertThat(p.exitCode()).isIn(ExitCode.CORRUPT, ExitCode.NO_KEY));
    }

    @ParameterizedTest
    @ValueSource(ints = {65_536, 131_072, 200_000})
    void sealed_bytes_cut_at_a_chunk_boundary_are_corrupt(int length) throws IOException {
        Codec codec = codec(Encryption.AGE);
        byte[] sealed = codec.seal(random(14, length), 0, length).open().readAllBytes();
        int chunk = 65_536 + 16;
        for (int end = sealed.length - chunk; end > 0; end -= chunk) {
            byte[] cut = Arrays.copyOf(sealed, end);
            assertThatThrownBy(() ->
                            codec.unseal(KEY, new ByteArrayInputStream(cut)).readAllBytes())
                    .satisfies(CodecTest::isCorruptOrNoKey);
        }
        int lastChunk = length % 65_536 == 0 ? chunk : length % 65_536 + 16;
        byte[] withoutLast = Arrays.copyOf(sealed, sealed.length - lastChunk);
        assertThatThrownBy(() ->
                        codec.unseal(KEY, new ByteArrayInputStream(withoutLast)).readAllBytes())
                .satisfies(CodecTest::isCorruptOrNoKey);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void bytes_behind_the_end_are_corrupt(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        byte[] stored = stored(codec.encodeFile("f", Content.of(random(15, 70_000))));
        byte[] longer = Arrays.copyOf(stored, stored.length + 20);
        assertThatThrownBy(() -> decodedFile(codec, longer)).satisfies(CodecTest::isCorruptOrNoKey);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_broken_connection_is_not_taken_for_damage(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        byte[] stored = stored(codec.encodeFile("f", Content.of(random(16, 300_000)), random(24, 10_000)));
        for (IOException failure : List.of(new IOException("connection reset"), new EOFException("connection reset"))) {
            for (int end = 0; end < stored.length; end += 4001) {
                InputStream broken = new BreakingStream(stored, end, failure);
                assertThatThrownBy(() -> codec.decodeFile(KEY, broken).content().readAllBytes())
                        .isInstanceOf(IOException.class)
                        .hasMessage("connection reset");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void what_was_let_go_of_is_not_encoded(Encryption encryption) throws IOException {
        CompressedFile compressed = CompressedFile.of("f", Content.of(random(17, 300_000)), 3);
        compressed.close();
        assertThatThrownBy(() -> stored(codec(encryption).encodeFile(compressed, new byte[0])))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_file_that_grows_or_shrinks_is_not_encoded() {
        for (int actual : new int[] {9, 11}) {
            Content wrong = new Content() {
                @Override
                public long length() {
                    return 10;
                }

                @Override
                public InputStream open() {
                    return new ByteArrayInputStream(new byte[actual]);
                }
            };
            assertThatThrownBy(() -> codec(Encryption.NONE).encodeFile("f", wrong))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("changed while it was read");
            assertThatThrownBy(() -> CompressedFile.of("f", wrong, 3))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("changed while it was read");
        }
    }

    @Test
    void more_content_than_the_tag_tells_stops_at_once() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.write(new FileTag("f", 10, Sha256.of(new byte[10])).toFrame());
        bomb.write(com.github.luben.zstd.Zstd.compress(new byte[50 << 20]));
        assertThatThrownBy(() -> decodedFile(codec(Encryption.NONE), bomb.toByteArray()))
                .isInstanceOfSatisfying(PgpitrException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
                    assertThat(e).hasMessageContaining("more than the 10 bytes");
                });
    }

    @Test
    void a_window_beyond_the_limit_is_refused() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (var zstd = new com.github.luben.zstd.ZstdOutputStreamNoFinalizer(compressed, 3).setLong(27)) {
            zstd.write(new byte[1 << 20]);
        }
        assertThatThrownBy(() -> decoded(codec(Encryption.NONE), compressed.toByteArray()))
                .satisfies(CodecTest::isCorruptOrNoKey);
    }

    @Test
    void objects_of_the_highest_level_are_read() throws IOException {
        byte[] plain = random(17, 100_000);
        Codec best = new Codec(Encryption.NONE, Keys.none(), Codec.MAX_LEVEL);
        assertThat(decoded(codec(Encryption.NONE), stored(best.encode(Content.of(plain)))))
                .isEqualTo(plain);
        assertThatThrownBy(() -> new Codec(Encryption.NONE, Keys.none(), 20))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static final class BreakingStream extends FilterInputStream {
        private final IOException failure;

        BreakingStream(byte[] bytes, int end, IOException failure) {
            super(new ByteArrayInputStream(bytes, 0, end));
            this.failure = failure;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = super.read(b, off, len);
            if (n < 0) {
                throw failure;
            }
            return n;
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void what_stands_beside_a_file_is_read_from_the_objects_beginning(Encryption encryption) throws IOException {
        Codec codec = codec(encryption);
        byte[] plain = random(20, 300_000);
        byte[] annex = random(21, 40_000);
        byte[] stored = stored(codec.encodeFile("f", Content.of(plain), annex));
        assertThat(decodedFile(codec, stored)).isEqualTo(plain);
        try (DecodedFile file = codec.decodeFile(KEY, new ByteArrayInputStream(stored))) {
            assertThat(file.annex()).hasValue(annex);
        }
        assertThat(codec.annex(KEY, new ByteArrayInputStream(stored, 0, 100_000))
                        .orElseThrow())
                .isEqualTo(annex);
        assertThat(codec.annex(KEY, new ByteArrayInputStream(stored(codec.encodeFile("f", Content.of(plain))))))
                .isEmpty();
        assertThatThrownBy(() -> codec.annex(KEY, new ByteArrayInputStream(stored, 0, 20_000)))
                .isInstanceOfAny(EOFException.class, PgpitrException.class);
    }
}
