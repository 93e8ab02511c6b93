package org.pgpitr.repository.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout.CapturedNames;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.repository.codec.Sha256;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/**
 * Stores the names of a cluster's relations, with a backup or between two: JSON lines, which wait in a temporary file, so
 * that memory stays bounded however many there are.
 */
public final class CatalogWriter implements AutoCloseable {
    static final int FORMAT = 1;

    private static final JsonFactory JSON = new JsonFactory();

    private final Lsn lsn;
    private final Path file;
    private final MessageDigest digest = Sha256.begin();
    private final JsonGenerator json;
    private long relations;
    private String sha256;

    /**
     * Begins with the head.
     *
     * @param lsn where the server was before the catalogs were read
     */
    public CatalogWriter(Lsn lsn) {
        this.lsn = lsn;
        try {
            this.file = Files.createTempFile("pgpitr-catalog", ".jsonl");
            OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
            out.write(head(lsn).getBytes(StandardCharsets.UTF_8));
            this.json =
                    JSON.createGenerator(new DigestOutputStream(out, digest)).setRootValueSeparator(null);
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    private static String head(Lsn lsn) {
        return "{\"format\":" + FORMAT + ",\"lsn\":\"" + lsn + "\"}\n";
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

    /** Where the server was before the catalogs were read. */
    public Lsn lsn() {
        return lsn;
    }

    /** How many relations were given. */
    public long relations() {
        return relations;
    }

    /**
     * Stores them with a backup, and ends the writing.
     *
     * @param backup its identifier
     * @throws PgpitrException LOCKED if there is such an object already
     */
    public void storeWith(Generation generation, String backup) {
        ObjectKey key = generation.layout().catalog(backup);
        finish();
        if (put(generation, key) == ObjectStore.PutResult.EXISTS) {
            throw new PgpitrException(
                    ExitCode.LOCKED,
                    "object " + key + " exists already: another process takes a backup of the same name",
                    "run the backup again");
        }
    }

    /** What {@link #storeIfNew} found. */
    public enum Stored {
        NEW,
        /** The newest names of that timeline are the same. */
        UNCHANGED
    }

    /** Stores them as they are now, unless the newest ones of that timeline are the same; ends the writing. */
    public Stored storeIfNew(Generation generation, TimelineId timeline) {
        CapturedNames names = new CapturedNames(timeline, lsn, finish());
        boolean known = new CapturedCatalogs(generation)
                .newest(timeline)
                .filter(newest -> newest.sha256().equals(names.sha256()))
                .isPresent();
        if (known) {
            return Stored.UNCHANGED;
        }
        put(generation, generation.layout().capturedNames(names));
        return Stored.NEW;
    }

    /** Ends the writing; gives the digest of all lines behind the head. */
    private String finish() {
        try {
            json.close();
        } catch (IOException e) {
            throw notWritten(e);
        }
        if (sha256 == null) {
            sha256 = Sha256.end(digest);
        }
        return sha256;
    }

    private ObjectStore.PutResult put(Generation generation, ObjectKey key) {
        try (Encoded encoded = generation.codec().encode(Content.of(file))) {
            return generation.store().putIfAbsent(key, encoded.content());
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
