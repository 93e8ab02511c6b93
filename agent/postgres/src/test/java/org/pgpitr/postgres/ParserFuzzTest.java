package org.pgpitr.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a parser is given, it reads it or throws {@link InvalidFormatException}, and does neither slowly. */
@Timeout(60)
class ParserFuzzTest {
    private static final int CASES = 20_000;
    private static final PostgresMajor MAJOR = PostgresMajor.NEWEST_KNOWN;

    static List<Arguments> parsers() {
        byte[] control = Arrays.copyOf(Golden.bytes(MAJOR, "pg_control"), 512);
        return List.of(
                parser("pg_control", ControlFile::parseIfKnown, control),
                parser("pg_control, its CRC made right", b -> ControlFile.parseIfKnown(withCrc(b)), control),
                parser("segment header", WalSegmentHeader::parse, Golden.bytes(MAJOR, "segment.header")),
                text("backup_label", BackupLabel::parse, Golden.text(MAJOR, "backup_label")),
                text("tablespace_map", t -> TablespaceMap.parse(MAJOR, t), "16384 /srv/a\\\\b\n16385 /c\\\nd\n"),
                text("tablespace_map of 13", t -> TablespaceMap.parse(new PostgresMajor(13), t), "16384 /srv/a\\\n\n"),
                text(
                        "history",
                        t -> TimelineHistory.parse(new TimelineId(3), t).stretches(),
                        "1\t0/3000000\tno recovery target specified\n\n2\t0/5A00000\tat restore point \"x\"\n"),
                text("LSN", Lsn::parse, "16/B374D848"),
                text("timeline", TimelineId::parse, "4294967295"),
                text("target timeline", RecoveryTargetTimeline::parse, "0x1A"),
                text("system identifier", SystemIdentifier::parse, "7710426276209199697"),
                text("segment name", WalFileName::parse, "0000000A000000A300000042"),
                text("partial name", WalFileName::parse, "0000000A000000A300000042.partial"),
                text("backup name", WalFileName::parse, "0000000A000000A300000042.0000B128.backup"),
                text("history name", WalFileName::parse, "0000000A.history"),
                text("relation", RelationFile::tryParse, "pg_tblspc/16385/PG_17_202406281/5/16390_init.12"),
                text(
                        "contents",
                        t -> {
                            DataDirectoryContents contents = DataDirectoryContents.of(MAJOR);
                            contents.file(t, p -> true);
                            contents.directory(t);
                            contents.link(t);
                        },
                        "pg_tblspc/16385/PG_18_202506291/5/t3_16390_fsm.1"));
    }

    private static Arguments parser(String name, Consumer<byte[]> parser, byte[] seed) {
        return Arguments.of(name, parser, seed);
    }

    private static Arguments text(String name, Consumer<String> parser, String seed) {
        return parser(name, b -> parser.accept(new String(b, ISO_8859_1)), seed.getBytes(UTF_8));
    }

    private static byte[] withCrc(byte[] file) {
        if (file.length >= 296) {
            CRC32C crc = new CRC32C();
            crc.update(file, 0, 292);
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(292, (int) crc.getValue());
        }
        return file;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parsers")
    void bad_input_is_refused_as_such(String name, Consumer<byte[]> parser, byte[] good) {
        Fuzzing.of(name, good)
                .declaring(InvalidFormatException.class)
                .cases(CASES)
                .run(parser::accept);
    }
}
