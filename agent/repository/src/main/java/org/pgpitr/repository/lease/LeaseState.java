package org.pgpitr.repository.lease;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The content of a lease's object.
 *
 * @param token tells one acquisition from every other
 * @param held false once it is released
 */
record LeaseState(String token, boolean held, String purpose, LeaseHolder holder, Instant since, Instant expires) {
    private static final JsonFactory JSON = new JsonFactory();

    LeaseState until(Instant expiry) {
        return new LeaseState(token, true, purpose, holder, since, expiry);
    }

    LeaseState released(Instant now) {
        return new LeaseState(token, false, purpose, holder, since, now);
    }

    byte[] json() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("pgpitr", 1);
            json.writeStringField("state", held ? "held" : "released");
            json.writeStringField("token", token);
            json.writeStringField("purpose", purpose);
            json.writeStringField("host", holder.host());
            json.writeStringField("machine", holder.machine());
            json.writeStringField("boot", holder.boot());
            json.writeNumberField("pid", holder.pid());
            json.writeStringField("process_start", holder.processStart());
            json.writeStringField("since", since.toString());
            json.writeStringField("expires", expires.toString());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * @throws IOException if it is not a lease's content
     */
    static LeaseState parse(byte[] bytes) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken().isScalarValue()) {
                    fields.put(name, json.getText());
                } else {
                    json.skipChildren();
                }
            }
        }
        try {
            LeaseHolder holder = new LeaseHolder(
                    need(fields, "host"),
                    need(fields, "machine"),
                    need(fields, "boot"),
                    Long.parseLong(need(fields, "pid")),
                    need(fields, "process_start"));
            return new LeaseState(
                    need(fields, "token"),
                    need(fields, "state").equals("held"),
                    need(fields, "purpose"),
                    holder,
                    Instant.parse(need(fields, "since")),
                    Instant.parse(need(fields, "expires")));
        } catch (NumberFormatException | DateTimeException e) {
            throw new IOException("not a lease: " + e.getMessage(), e);
        }
    }

    private static String need(Map<String, String> fields, String name) throws IOException {
        String value = fields.get(name);
        if (value == null) {
            throw new IOException("no field \"" + name + "\"");
        }
        return value;
    }
}
