package org.pgpitr.repository.backup;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.backup.BackupSummary.Checksums;
import org.pgpitr.repository.backup.BackupSummary.Source;

/** The first line of a manifest. */
final class ManifestHeader {
    private ManifestHeader() {}

    static byte[] line(BackupSummary s) {
        return ManifestJson.line(json -> {
            json.writeNumberField("pgpitr", ClusterIdentity.FORMAT_VERSION);
            json.writeStringField("backup", s.id().value());
            json.writeStringField("system_identifier", s.systemIdentifier().toString());
            json.writeNumberField("major", s.major().value());
            json.writeStringField("server_version", s.serverVersion());
            json.writeStringField("pgpitr_version", s.pgpitrVersion());
            json.writeStringField("label", s.label());
            json.writeStringField("started", s.started().toString());
            json.writeStringField("stopped", s.stopped().toString());
            json.writeNumberField("timeline", s.timeline().value());
            json.writeStringField("start_lsn", s.startLsn().toString());
            json.writeStringField("stop_lsn", s.stopLsn().toString());
            json.writeNumberField("segment_size", s.segmentSize().bytes());
            json.writeStringField("source", s.source().name().toLowerCase(Locale.ROOT));
            json.writeStringField("xmin", Long.toUnsignedString(s.xmin()));
            json.writeStringField("next_xid", Long.toUnsignedString(s.nextXid()));
            json.writeStringField("checksums", s.checksums().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("files", s.files());
            json.writeNumberField("original_bytes", s.originalBytes());
            json.writeNumberField("stored_bytes", s.storedBytes());
            json.writeNumberField("lanes", s.lanes());
            tablespaces(json, s.tablespaces());
            damagedPages(json, s.damagedPages());
        });
    }

    private static void tablespaces(JsonGenerator json, List<Tablespace> tablespaces) throws IOException {
        json.writeArrayFieldStart("tablespaces");
        for (Tablespace tablespace : tablespaces) {
            json.writeStartObject();
            json.writeNumberField("oid", tablespace.oid());
            json.writeStringField("name", tablespace.name());
            ManifestJson.name(json, "location", tablespace.location());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Grouped by file: a damaged disk damages many pages of few files. */
    private static void damagedPages(JsonGenerator json, List<DamagedPage> pages) throws IOException {
        Map<String, List<Long>> blocks = new LinkedHashMap<>();
        pages.forEach(page ->
                blocks.computeIfAbsent(page.path(), p -> new ArrayList<>()).add(page.block()));
        json.writeArrayFieldStart("damaged_pages");
        for (Map.Entry<String, List<Long>> file : blocks.entrySet()) {
            json.writeStartObject();
            ManifestJson.name(json, "path", file.getKey());
            json.writeFieldName("blocks");
            long[] numbers = file.getValue().stream().mapToLong(Long::longValue).toArray();
            json.writeArray(numbers, 0, numbers.length);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static BackupSummary parse(ManifestJson.Fields fields) throws IOException {
        if (fields.number("pgpitr") != ClusterIdentity.FORMAT_VERSION) {
            throw new JsonParseException(
                    fields.json(), "format version " + fields.number("pgpitr") + " is newer than this pgpitr");
        }
        return new BackupSummary(
                BackupId.parse(fields.text("backup")),
                SystemIdentifier.parse(fields.text("system_identifier")),
                new PostgresMajor(Math.toIntExact(fields.number("major"))),
                fields.text("server_version"),
                fields.text("pgpitr_version"),
                fields.text("label"),
                fields.time("started"),
                fields.time("stopped"),
                new TimelineId(fields.number("timeline")),
                Lsn.parse(fields.text("start_lsn")),
                Lsn.parse(fields.text("stop_lsn")),
                new WalSegmentSize(Math.toIntExact(fields.number("segment_size"))),
                Source.valueOf(fields.text("source").toUpperCase(Locale.ROOT)),
                Long.parseUnsignedLong(fields.text("xmin")),
                Long.parseUnsignedLong(fields.text("next_xid")),
                Checksums.valueOf(fields.text("checksums").toUpperCase(Locale.ROOT)),
                tablespaces(fields),
                damagedPages(fields),
                fields.number("files"),
                fields.number("original_bytes"),
                fields.number("stored_bytes"),
                Math.toIntExact(fields.number("lanes")));
    }

    private static List<Tablespace> tablespaces(ManifestJson.Fields header) throws IOException {
        List<Tablespace> tablespaces = new ArrayList<>();
        for (Object item : header.list("tablespaces")) {
            ManifestJson.Fields fields = fields(header, item);
            tablespaces.add(new Tablespace(fields.number("oid"), fields.text("name"), fields.name("location")));
        }
        return tablespaces;
    }

    private static List<DamagedPage> damagedPages(ManifestJson.Fields header) throws IOException {
        List<DamagedPage> pages = new ArrayList<>();
        for (Object item : header.list("damaged_pages")) {
            ManifestJson.Fields fields = fields(header, item);
            for (Object block : fields.list("blocks")) {
                pages.add(new DamagedPage(fields.name("path"), Long.parseLong(String.valueOf(block))));
            }
        }
        return pages;
    }

    private static ManifestJson.Fields fields(ManifestJson.Fields header, Object item) throws IOException {
        if (item instanceof ManifestJson.Fields fields) {
            return fields;
        }
        throw new JsonParseException(header.json(), "not an object: " + item);
    }
}
