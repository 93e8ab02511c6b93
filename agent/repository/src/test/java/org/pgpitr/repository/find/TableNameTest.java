package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {
    @Test
    void a_table_alone_or_with_its_schema_and_database() {
        assertThat(TableName.parse("Orders")).isEqualTo(new TableName(Optional.empty(), Optional.empty(), "orders"));
        assertThat(TableName.parse("public.orders"))
                .isEqualTo(new TableName(Optional.empty(), Optional.of("public"), "orders"));
        assertThat(TableName.parse("shop.public.orders"))
                .isEqualTo(new TableName(Optional.of("shop"), Optional.of("public"), "orders"));
    }

    @Test
    void quoted_parts_stand_as_they_are() {
        assertThat(TableName.parse("\"My.Schema\".\"a \"\"b\"\"\""))
                .isEqualTo(new TableName(Optional.empty(), Optional.of("My.Schema"), "a \"b\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", "a.b.c.d", "\"\""})
    void others_are_none(String text) {
        assertThatThrownBy(() -> TableName.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
