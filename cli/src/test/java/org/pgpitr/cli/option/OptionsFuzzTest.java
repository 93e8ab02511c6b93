package org.pgpitr.cli.option;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.recovery.TargetTime;
import org.pgpitr.cli.retention.PinEnd;
import org.pgpitr.postgres.Fuzzing;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** What people give as a target, a range or an end: it is understood, or refused in a sentence. */
@Timeout(60)
class OptionsFuzzTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final List<String> TIMES = List.of(
            "2026-11-20 14:05:00.25+01",
            "2026-11-20T14:05:00Z",
            "2026-11-20 14:05 Europe/Berlin",
            "2026-03-29 02:59:59",
            "0000-01-01 00:00:00 -18");

    @Command
    static final class Line {
        @Mixin
        private TargetOptions target;

        @Mixin
        private RecoveryOptions recovery;

        @Mixin
        private SearchRangeOptions range;

        @Mixin
        private SearchFilterOptions filter;
    }

    private static void refusesInWords(Fuzzing fuzzing, java.util.function.Consumer<String> parser) {
        fuzzing.run(bytes -> {
            try {
                parser.accept(new String(bytes, UTF_8));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining(" ");
            }
        });
    }

    private static byte[][] bytes(List<String> texts) {
        return texts.stream().map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
    }

    @Test
    void a_time_is_understood_or_refused() {
        refusesInWords(Fuzzing.of("target time", bytes(TIMES)), text -> TargetTime.parse(text, BERLIN));
    }

    @Test
    void the_end_of_a_pin_is_understood_or_refused() {
        List<String> ends = Stream.concat(TIMES.stream(), Stream.of("2026-11-20", "9999-12-31"))
                .toList();
        refusesInWords(
                Fuzzing.of("end of a pin", bytes(ends)),
                text -> assertThat(PinEnd.parse(text, BERLIN)).isNotNull());
    }

    static Stream<String> options() {
        return Stream.of(
                "--target-time=2026-11-20 14:05:00+01",
                "--target-xid=18446744073709551615",
                "--target-lsn=16/B374D848",
                "--target-timeline=0x1A",
                "--backup=20261121T004500Z",
                "--generation=2",
                "--tablespace-map=fast=/mnt/fast2",
                "--around=2026-11-20 14:05:00+01",
                "--from=2026-11-20T14:05:00Z",
                "--from-lsn=16/B374D848",
                "--table=shop.\"Public \"\" x\".orders",
                "--deletes-over=1000",
                "--xid=9999999999999999999",
                "--limit=10");
    }

    @ParameterizedTest
    @MethodSource("options")
    void an_options_value_is_understood_or_refused(String option) {
        int equals = option.indexOf('=') + 1;
        String name = option.substring(0, equals);
        Fuzzing.of(name, option.substring(equals).getBytes(UTF_8))
                .declaring(ParameterException.class)
                .cases(300)
                // A command line is made anew each time
                .atMost(4 << 20, 64)
                .run(bytes -> {
                    String value = new String(bytes, UTF_8);
                    // No argument of a process holds a zero
                    if (value.indexOf('\0') < 0) {
                        understand(name + value);
                    }
                });
    }

    private static void understand(String... arguments) {
        Line line = new Line();
        CommandLine command = new CommandLine(line).setExpandAtFiles(false);
        command.parseArgs(arguments);
        line.target.request(command, BERLIN);
        line.range.range(command, BERLIN, NOON);
        line.filter.filter(command);
        line.filter.limit(command);
        line.recovery.tablespaceMap();
    }

    @Test
    void the_span_around_a_time_is_understood_or_refused() {
        Fuzzing.of("--within", "10min".getBytes(UTF_8))
                .declaring(ParameterException.class)
                .cases(300)
                .atMost(4 << 20, 64)
                .run(bytes -> understand("--around=2026-11-20 14:05Z", "--within=" + new String(bytes, UTF_8)));
    }
}
