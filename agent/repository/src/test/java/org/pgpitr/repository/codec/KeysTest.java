package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;

class KeysTest {
    private static final AgeIdentity OWN = AgeIdentity.generate();

    @Test
    void identities_are_asked_for_once_and_only_to_decrypt() {
        AtomicInteger asked = new AtomicInteger();
        Keys keys = new Keys(List.of(OWN.recipient()), () -> {
            asked.incrementAndGet();
            return List.of(OWN);
        });
        Codec one = new Codec(Encryption.AGE, keys, 3);
        one.seal(new byte[10], 0, 10);
        one.requireWritable();
        assertThat(asked).hasValue(0);
        one.requireReadable();
        new Codec(Encryption.AGE, keys, 3).requireReadable();
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_plain_generation_needs_no_key() {
        Codec plain = new Codec(
                Encryption.NONE,
                new Keys(List.of(), () -> {
                    throw new AssertionError("nobody should ask");
                }),
                3);
        plain.requireReadable();
        plain.requireWritable();
    }

    @Test
    void without_an_identity_nothing_is_readable() {
        assertThatThrownBy(() -> new Codec(Encryption.AGE, Keys.none(), 3).requireReadable())
                .isInstanceOf(PgpitrException.class)
                .hasMessage("the repository is encrypted and no identity is configured");
    }

    @Test
    void keys_print_no_secret() {
        Keys keys = Keys.of(List.of(OWN.recipient()), List.of(OWN));
        assertThat(keys.toString() + OWN).doesNotContain("SECRET");
    }
}
