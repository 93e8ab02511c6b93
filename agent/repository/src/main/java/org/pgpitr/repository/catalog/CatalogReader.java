package org.pgpitr.repository.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.FlatJson;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** Reads what {@link CatalogWriter} stored. */
public final class CatalogReader {
    private static final JsonFactory JSON = new JsonFactory().disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);

    private CatalogReader() {}

    /**
     * The relations that were captured with a backup; empty if none were, as with backups of older versions.
     *
     * @throws PgpitrException CORRUPT, NO_KEY
     * @throws StorageException if the store does not answer
     */
    public static Optional<CapturedRelations> read(Generation generation, String backup) {
        return read(generation, generation.layout().catalog(backup), Optional.empty());
    }

    /**
     * As {@link #read(Generation, String)}, what stands at a key.
     *
     * @param sha256 what all lines behind the head must have, if that is known
     */
    static Optional<CapturedRelations> read(Generation generation, ObjectKey key, Optional<String> sha256) {
        Optional<InputStream> stored = generation.store().open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try (LinesBehindHead plain = new LinesBehindHead(generation.codec().decode(key, stored.get()));
                JsonParser json = JSON.createParser(plain)) {
            CapturedRelations relations = read(json);
            String found = plain.sha256();
            if (sha256.isPresent() && !sha256.get().equals(found)) {
                throw new IllegalArgumentException("its lines have the digest " + found);
            }
            return Optional.of(relations);
        } catch (JsonProcessingException
                | CharConversionException
                | IllegalArgumentException
                | InvalidFormatException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "object " + key + " is damaged: " + e.getMessage(),
                    "relations are shown by their numbers without it; no recovery is concerned",
                    e);
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    "reading " + key + " at " + generation.store().location() + " broke off: " + e.getMessage(),
                    e);
        }
    }

    private static CapturedRelations read(JsonParser json) throws IOException {
        Map<String, Object> head = line(json).orElseThrow(() -> new IllegalArgumentException("it is empty"));
        if (FlatJson.number(head, "format") != CatalogWriter.FORMAT) {
            throw new IllegalArgumentException("it has format " + head.get("format"));
        }
        CapturedRelations.Builder all = CapturedRelations.builder(Lsn.parse(FlatJson.text(head, "lsn")));
        for (Optional<Map<String, Object>> next = line(json); next.isPresent(); next = line(json)) {
            Map<String, Object> line = next.get();
            if (line.containsKey("relation")) {
                String kind = FlatJson.text(line, "kind");
                all.relation(new CatalogRelation(
                        FlatJson.number(line, "db"),
                        FlatJson.number(line, "file"),
                        FlatJson.number(line, "oid"),
                        line.containsKey("of") ? FlatJson.number(line, "of") : 0,
                        kind.isEmpty() ? '?' : kind.charAt(0),
                        FlatJson.text(line, "schema"),
                        FlatJson.text(line, "relation")));
            } else if (line.containsKey("schema")) {
                all.schema(FlatJson.number(line, "db"), FlatJson.number(line, "oid"), FlatJson.text(line, "schema"));
            } else if (line.containsKey("database")) {
                all.database(FlatJson.number(line, "database"), FlatJson.text(line, "name"));
            } else if (line.containsKey("unread")) {
                all.unread(FlatJson.text(line, "unread"), FlatJson.text(line, "reason"));
            }
        }
        return all.build();
    }

    /** The texts and whole numbers of one line; what else stands there is passed over. */
    private static Optional<Map<String, Object>> line(JsonParser json) throws IOException {
        JsonToken first = json.nextToken();
        if (first == null) {
            return Optional.empty();
        }
        if (first != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("a line is no JSON object");
        }
        Map<String, Object> fields = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.VALUE_STRING) {
                fields.put(name, json.getText());
            } else if (value == JsonToken.VALUE_NUMBER_INT) {
                fields.put(name, json.getLongValue());
            } else {
                json.skipChildren();
            }
        }
        return Optional.of(fields);
    }
}
