package org.pgpitr.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackupManifestFileTest {
    private static final SystemIdentifier CLUSTER = SystemIdentifier.parse("18446744073709551615");
    private static final Instant TIME = Instant.parse("2026-11-21T01:12:29.750Z");
    private static final String SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private BackupManifestFile manifest(int major) throws IOException {
        return new BackupManifestFile(out, new PostgresMajor(major), CLUSTER);
    }

    private String body() {
        String text = out.toString(UTF_8);
        return text.substring(0, text.indexOf("\"Manifest-Checksum\""));
    }

    @Test
    void it_reads_as_postgresql_writes_it() throws Exception {
        try (BackupManifestFile manifest = manifest(16)) {
            manifest.file("backup_label", 226, TIME, Optional.of(SHA256));
            manifest.file("base/1/1259", 0, Instant.EPOCH, Optional.empty());
            manifest.finish(List.of(
                    new BackupManifestFile.WalRange(TimelineId.FIRST, Lsn.parse("0/2000028"), Lsn.parse("0/2000100"))));
        }

        assertThat(body()).isEqualTo("""
                        { "PostgreSQL-Backup-Manifest-Version": 1,
                        "Files": [
                        { "Path": "backup_label", "Size": 226, "Last-Modified": "2026-11-21 01:12:29 GMT", \
                        "Checksum-Algorithm": "SHA256", "Checksum": "%s" },
                        { "Path": "base/1/1259", "Size": 0, "Last-Modified": "1970-01-01 00:00:00 GMT" }
                        ],
                        "WAL-Ranges": [
                        { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
                        ],
                        """.formatted(SHA256));
    }

    @Test
    void its_last_line_is_the_checksum_of_all_before() throws Exception {
        try (BackupManifestFile manifest = manifest(17)) {
            manifest.file("a", 1, TIME, Optional.empty());
            manifest.finish(List.of());
        }

        String sum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body().getBytes(UTF_8)));
        assertThat(out.toString(UTF_8)).isEqualTo(body() + "\"Manifest-Checksum\": \"" + sum + "\"}\n");
    }

    @Test
    void since_17_it_names_the_cluster() throws Exception {
        manifest(17).finish(List.of());

        assertThat(body())
                .startsWith(
                        "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": 18446744073709551615,\n\"Files\": [\n],\n");
    }

    @Test
    void names_are_escaped_as_json_wants_it() throws Exception {
        BackupManifestFile manifest = manifest(17);
        manifest.file("a\"b\\c\b\f\n\r\t\u0001/\u007f\u00e4\u6f22\ud83d\udc18", 1, TIME, Optional.empty());
        manifest.finish(List.of());

        assertThat(body())
                .contains("\"Path\": \"a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0001/\u007f\u00e4\u6f22\ud83d\udc18\", \"Size\"");
    }

    @Test
    void a_name_that_is_no_utf8_is_written_in_hexadecimal() throws Exception {
        BackupManifestFile manifest = manifest(17);
        manifest.file("b\u00e4r".getBytes(ISO_8859_1), 1, TIME, Optional.empty());
        manifest.file("b\u00e4r".getBytes(UTF_8), 1, TIME, Optional.empty());
        manifest.finish(List.of());

        assertThat(body()).contains("{ \"Encoded-Path\": \"62e472\", \"Size\"").contains("{ \"Path\": \"b\u00e4r\", ");
    }

    @Test
    void a_text_that_is_no_unicode_is_refused_rather_than_changed() throws Exception {
        BackupManifestFile manifest = manifest(17);

        assertThatExceptionOfType(CharacterCodingException.class)
                .isThrownBy(() -> manifest.file("lone \ud800", 1, TIME, Optional.empty()));
    }

    @Test
    void several_timelines_are_several_ranges() throws Exception {
        manifest(15)
                .finish(List.of(
                        new BackupManifestFile.WalRange(
                                new TimelineId(2), Lsn.parse("0/5000000"), Lsn.parse("0/6000000")),
                        new BackupManifestFile.WalRange(
                                TimelineId.FIRST, Lsn.parse("0/2000028"), Lsn.parse("0/5000000"))));

        assertThat(body()).contains("\"0/6000000\" },\n{ \"Timeline\": 1,");
    }

    @Test
    void nothing_can_be_added_behind_the_end() throws Exception {
        BackupManifestFile manifest = manifest(15);
        manifest.finish(List.of());

        assertThatIllegalStateException().isThrownBy(() -> manifest.file("a", 1, TIME, Optional.empty()));
        assertThatIllegalStateException().isThrownBy(() -> manifest.finish(List.of()));
    }
}
