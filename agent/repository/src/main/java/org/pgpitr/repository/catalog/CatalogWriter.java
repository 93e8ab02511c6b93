package org.pgpitr.repository.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/**
 * Stores the relations of a cluster below a backup: JSON lines, which wait in a temporary file, so that memory stays
 * bounded however many there are.
 */
public final class CatalogWriter implements AutoCloseable {
    static final int FORMAT = 1;

    private static final JsonFactory JSON = new JsonFactory();

    private final Generation generation;
    private final String backup;
    private final Path file;
    private final JsonGenerator json;
    private long relations;

    /**
     * Begins with the head.
     *
     * @param backup the identifier of the backup that it goes with
     * @param lsn where the server was before the catalogs were read
     */
    public CatalogWriter(Generation generation, String backup, Lsn lsn) {
        this.generation = generation;
        this.backup = backup;
        try {
            this.file = Files.createTempFile("pgpitr-catalog", ".jsonl");
            OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
            this.json = JSON.createGenerator(out).setRootValueSeparator(null);
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeStringField("lsn", lsn.toString());
            end();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    private static UncheckedIOException notWritten(IOException e) {
        return new UncheckedIOException("could not write the relations' names to a temporary file", e);
    }

    private void end() throws IOException {
        json.writeEndObject();
        json.writeRaw('\n');
    }

    /** A database; its relations follow. */
    public void database(long oid, String name) {
        try {
            json.writeStartObject();
            json.writeNumberField("database", oid);
            json.writeStringField("name", name);
            end();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** The relations of the database before could not be read, or not all of them. */
    public void unread(String name, String reason) {
        try {
            json.writeStartObject();
            json.writeStringField("unread", name);
            json.writeStringField("reason", reason);
            end();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** A namespace of the database before. */
    public void schema(long database, long oid, String name) {
        try {
            json.writeStartObject();
            json.writeNumberField("db", database);
            json.writeNumberField("oid", oid);
            json.writeStringField("schema", name);
            end();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** A relation of the database before, or a shared one. */
    public void relation(CatalogRelation relation) {
        relations++;
        try {
            json.writeStartObject();
            json.writeNumberField("db", relation.database());
            json.writeNumberField("file", relation.file());
            json.writeNumberField("oid", relation.oid());
            if (relation.owner() != 0) {
                json.writeNumberField("of", relation.owner());
            }
            json.writeStringField("kind", String.valueOf(relation.kind()));
            json.writeStringField("schema", relation.schema());
            json.writeStringField("relation", relation.name());
            end();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** How many relations were given. */
    public long relations() {
        return relations;
    }

    /**
     * Stores it.
     *
     * @throws PgpitrException LOCKED if there is such an object already
     */
    public void commit() {
        ObjectKey key = generation.layout().catalog(backup);
        try {
            json.close();
            try (Encoded encoded = generation.codec().encode(Content.of(file))) {
                if (generation.store().putIfAbsent(key, encoded.content()) == ObjectStore.PutResult.EXISTS) {
                    throw new PgpitrException(
                            ExitCode.LOCKED,
                            "object " + key + " exists already: another process takes a backup of the same name",
                            "run the backup again");
                }
            }
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** Removes the temporary file. */
    @Override
    public void close() {
        try {
            json.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw notWritten(e);
        }
    }
}
