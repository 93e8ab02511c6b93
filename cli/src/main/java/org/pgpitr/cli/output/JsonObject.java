package org.pgpitr.cli.output;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A JSON object whose members keep their order. Numbers, booleans and text stay what they are; moments become ISO 8601
 * in UTC, durations seconds, what is empty is {@code null}, and everything else its {@code toString}.
 */
public final class JsonObject {
    private final Map<String, Object> members = new LinkedHashMap<>();

    /** @param value null for {@code null} */
    public JsonObject put(String name, Object value) {
        members.put(name, plain(value));
        return this;
    }

    private static Object plain(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.map(JsonObject::plain).orElse(null);
        }
        if (value instanceof OptionalInt optional) {
            return optional.isPresent() ? optional.getAsInt() : null;
        }
        if (value instanceof JsonObject object) {
            return object.members;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> members = new LinkedHashMap<>();
            map.forEach((name, member) -> members.put(name.toString(), plain(member)));
            return members;
        }
        if (value instanceof Collection<?> collection) {
            return collection.stream().map(JsonObject::plain).toList();
        }
        if (value instanceof Duration duration) {
            return duration.toMillis() / 1000.0;
        }
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        return value instanceof Instant instant ? instant.toString() : value.toString();
    }

    /** On lines of its own, indented. */
    public void print(PrintWriter out) {
        try {
            out.println(JSON.std
                    .with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES)
                    .asString(members));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
