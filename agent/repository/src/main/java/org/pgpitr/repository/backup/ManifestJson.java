package org.pgpitr.repository.backup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.repository.backup.ManifestEntry.Kind;

/**
 * The lines of a manifest behind its header: lanes, then entries. Names that are no UTF-8 text stand in a field whose
 * name ends in {@code _hex}, as hexadecimal bytes.
 */
final class ManifestJson {
    static final JsonFactory JSON = new JsonFactory();

    private ManifestJson() {}

    /** What writes one line's object. */
    interface Line {
        void write(JsonGenerator json) throws IOException;
    }

    static byte[] line(Line line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            line.write(json);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] line(LaneTotals lane) {
        return line(json -> {
            json.writeNumberField("lane", lane.lane());
            json.writeNumberField("objects", lane.objects());
            json.writeNumberField("entries", lane.entries());
            json.writeNumberField("plain_bytes", lane.plainBytes());
            json.writeNumberField("stored_bytes", lane.storedBytes());
        });
    }

    static byte[] line(ManifestEntry entry) {
        return line(json -> {
            name(json, "path", entry.path());
            if (entry.kind() == Kind.FILE) {
                json.writeNumberField("size", entry.size());
            } else {
                json.writeStringField("kind", entry.kind() == Kind.DIRECTORY ? "directory" : "link");
            }
            json.writeStringField("mode", Integer.toOctalString(entry.mode()));
            json.writeStringField("modified", entry.modified().toString());
            if (entry.linkTarget().isPresent()) {
                name(json, "target", entry.linkTarget().get());
            }
            if (entry.sha256().isPresent()) {
                json.writeStringField("sha256", entry.sha256().get());
            }
            LanePosition at = entry.position().orElseThrow();
            json.writeFieldName("at");
            json.writeArray(new long[] {at.lane(), at.sequence(), at.frameOffset(), at.entryOffset()}, 0, 4);
        });
    }

    static void name(JsonGenerator json, String field, String name) throws IOException {
        if (PathNames.isText(name)) {
            json.writeStringField(field, name);
        } else {
            json.writeStringField(field + "_hex", HexFormat.of().formatHex(PathNames.bytes(name)));
        }
    }

    /** One object of a line: scalars as text, arrays of numbers; any other value as a list of such objects. */
    record Fields(Map<String, Object> values, JsonParser json) {
        boolean has(String field) {
            return values.containsKey(field);
        }

        String text(String field) throws IOException {
            if (values.get(field) instanceof String text) {
                return text;
            }
            throw new JsonParseException(json, "no field \"" + field + "\"");
        }

        String name(String field) throws IOException {
            if (!has(field + "_hex")) {
                return text(field);
            }
            byte[] bytes = HexFormat.of().parseHex(text(field + "_hex"));
            return PathNames.ofBytes(bytes, 0, bytes.length);
        }

        long number(String field) throws IOException {
            return Long.parseLong(text(field));
        }

        Instant time(String field) throws IOException {
            return Instant.parse(text(field));
        }

        List<?> list(String field) throws IOException {
            if (values.get(field) instanceof List<?> list) {
                return list;
            }
            throw new JsonParseException(json, "no list \"" + field + "\"");
        }
    }

    /** What makes a value of a line's fields. */
    interface Reading<T> {
        T read(Fields fields) throws IOException;
    }

    static JsonParser parser(InputStream in) throws IOException {
        return JSON.createParser(in);
    }

    /**
     * Reads the next line.
     *
     * @return empty at the end
     * @throws JsonParseException if the line is not what {@code reading} expects; any other IOException is the stream's
     */
    static <T> Optional<T> next(JsonParser json, Reading<T> reading) throws IOException {
        JsonToken token = json.nextToken();
        if (token == null) {
            return Optional.empty();
        }
        if (token != JsonToken.START_OBJECT) {
            throw new JsonParseException(json, "not an object");
        }
        Fields fields = object(json);
        try {
            return Optional.of(reading.read(fields));
        } catch (IllegalArgumentException | InvalidFormatException | DateTimeException | ArithmeticException e) {
            throw new JsonParseException(json, e.getMessage(), e);
        }
    }

    private static Fields object(JsonParser json) throws IOException {
        Map<String, Object> values = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            values.put(name, value(json, json.nextToken()));
        }
        return new Fields(values, json);
    }

    private static Object value(JsonParser json, JsonToken token) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            return object(json);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            JsonToken next = json.nextToken();
            while (next != JsonToken.END_ARRAY) {
                list.add(value(json, next));
                next = json.nextToken();
            }
            return list;
        }
        if (token == null || !token.isScalarValue()) {
            throw new JsonParseException(json, "a value is missing");
        }
        return json.getText();
    }

    static LaneTotals lane(Fields fields) throws IOException {
        return new LaneTotals(
                Math.toIntExact(fields.number("lane")),
                Math.toIntExact(fields.number("objects")),
                fields.number("entries"),
                fields.number("plain_bytes"),
                fields.number("stored_bytes"));
    }

    static ManifestEntry entry(Fields fields) throws IOException {
        Kind kind = !fields.has("kind")
                ? Kind.FILE
                : switch (fields.text("kind")) {
                    case "directory" -> Kind.DIRECTORY;
                    case "link" -> Kind.LINK;
                    default -> throw new JsonParseException(fields.json(), "an entry of unknown kind");
                };
        List<?> at = fields.list("at");
        if (at.size() != 4 || !at.stream().allMatch(String.class::isInstance)) {
            throw new JsonParseException(fields.json(), "not a position: " + at);
        }
        LanePosition position = new LanePosition(
                Integer.parseInt((String) at.get(0)),
                Integer.parseInt((String) at.get(1)),
                Long.parseLong((String) at.get(2)),
                Long.parseLong((String) at.get(3)));
        return new ManifestEntry(
                fields.name("path"),
                kind,
                kind == Kind.FILE ? fields.number("size") : 0,
                Integer.parseInt(fields.text("mode"), 8),
                fields.time("modified"),
                fields.has("sha256") ? Optional.of(fields.text("sha256")) : Optional.empty(),
                Optional.of(position),
                kind == Kind.LINK ? Optional.of(fields.name("target")) : Optional.empty());
    }
}
