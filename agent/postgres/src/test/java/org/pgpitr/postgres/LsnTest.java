package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {
    @ParameterizedTest
    @CsvSource({
        "0/0, 0",
        "0/1, 1",
        "0/FFFFFFFF, 4294967295",
        "1/0, 4294967296",
        "16/B374D848, 97500059720",
        "FFFFFFFF/FFFFFFFF, -1",
    })
    void it_is_printed_and_read_as_postgresql_does(String text, long value) {
        assertThat(new Lsn(value)).hasToString(text);
        assertThat(Lsn.parse(text)).isEqualTo(new Lsn(value));
    }

    @Test
    void lower_case_and_leading_zeroes_are_read() {
        assertThat(Lsn.parse("0000000a/0b")).isEqualTo(Lsn.parse("A/B"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "0",
                "0/",
                "/0",
                "0/0/0",
                "0/0 ",
                " 0/0",
                "0x1/0",
                "+1/0",
                "-1/0",
                "0/-1",
                "000000001/0",
                "0/123456789",
                "G/0",
                "0/G",
                "\u0661/0"
            })
    void anything_else_is_refused(String text) {
        assertThatExceptionOfType(InvalidFormatException.class)
                .isThrownBy(() -> Lsn.parse(text))
                .withMessageContaining("\"" + text + "\"");
    }

    @Test
    void every_position_round_trips() {
        long seed = 20261121;
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            Lsn lsn = new Lsn(random.nextLong() >>> random.nextInt(64));
            assertThat(Lsn.parse(lsn.toString())).describedAs("seed %d", seed).isEqualTo(lsn);
        }
    }

    @Test
    void positions_order_as_unsigned() {
        Lsn middle = new Lsn(Long.MIN_VALUE);

        assertThat(middle.isAfter(middle.plus(-1))).isTrue();
        assertThat(middle.plus(-1).isBefore(middle)).isTrue();
        assertThat(middle.isAfter(middle)).isFalse();
        assertThat(middle.isBefore(middle)).isFalse();
        assertThat(new Lsn(-1)).isGreaterThan(Lsn.ZERO);
        assertThat(middle.minus(middle.plus(-7))).isEqualTo(7);
    }
}
