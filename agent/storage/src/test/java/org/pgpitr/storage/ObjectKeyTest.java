package org.pgpitr.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a b", "ä", "a\n", "a.tmp", "a.tmp/b"
            })
    void what_is_no_path_of_plain_names_is_no_key(String text) {
        assertThat(ObjectKey.isValid(text)).isFalse();
        assertThatThrownBy(() -> ObjectKey.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b.c/d-e_f+g=h", "...", ".a", "tmp", "a.tmp.b"})
    void plain_names_joined_by_slashes_are_a_key(String text) {
        assertThat(ObjectKey.of(text)).hasToString(text);
    }

    @Test
    void a_key_has_512_characters_at_most() {
        assertThat(ObjectKey.isValid("a".repeat(512))).isTrue();
        assertThat(ObjectKey.isValid("a".repeat(513))).isFalse();
    }

    @Test
    void keys_order_by_their_bytes() {
        assertThat(ObjectKey.of("a-b")).isLessThan(ObjectKey.of("a.b"));
        assertThat(ObjectKey.of("a.b")).isLessThan(ObjectKey.of("a/b"));
        assertThat(ObjectKey.of("a/b")).isLessThan(ObjectKey.of("a0"));
        assertThat(ObjectKey.of("Z")).isLessThan(ObjectKey.of("a"));
    }
}
