package org.pgpitr.repository.retention;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.FlatJson;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** The pins of one generation: an object each, created once and deleted. They are plain: no key is needed. */
public final class Pins {
    private static final int FORMAT = 1;
    private static final int MAX_PIN = 1 << 16;
    private static final JsonFactory JSON = new JsonFactory();

    private final Generation generation;

    public Pins(Generation generation) {
        this.generation = generation;
    }

    /** All pins by their backups, those that have ended and those of backups that are gone included. */
    public Map<BackupId, Pin> list() {
        String prefix = generation.layout().pinPrefix();
        List<BackupId> ids = new ArrayList<>();
        generation.store().list(prefix, (key, stat) -> {
            BackupId.tryParse(key.value().substring(prefix.length())).ifPresent(ids::add);
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        Map<BackupId, Pin> pins = new TreeMap<>();
        ids.forEach(id -> find(id).ifPresent(pin -> pins.put(id, pin)));
        return pins;
    }

    /** The pin of a backup. One that can't be understood, as a newer version may write, holds without an end. */
    public Optional<Pin> find(BackupId id) {
        ObjectKey key = generation.layout().pin(id.value());
        Optional<InputStream> opened = generation.store().open(key);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = opened.get()) {
            return Optional.of(parse(id, in.readNBytes(MAX_PIN)));
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    generation.store().location() + ": reading " + key + " broke off: " + e.getMessage(),
                    e);
        }
    }

    private static Pin parse(BackupId id, byte[] json) {
        try {
            Map<String, Object> fields = FlatJson.parse(json);
            if (FlatJson.number(fields, "pgpitr") != FORMAT) {
                throw new IllegalArgumentException("a newer version wrote it");
            }
            return new Pin(
                    id,
                    FlatJson.text(fields, "reason"),
                    Instant.parse(FlatJson.text(fields, "since")),
                    Optional.ofNullable((String) fields.get("until")).map(Instant::parse));
        } catch (IllegalArgumentException | DateTimeException | ClassCastException e) {
            return new Pin(id, "its pin can't be understood", id.time(), Optional.empty());
        }
    }

    /**
     * Pins a backup. An expiry that is under way may have looked before: see {@link #confirm}.
     *
     * @throws PgpitrException USAGE if there is no such backup, or if it is pinned already
     */
    public void add(Pin pin) {
        requireBackup(pin.backup());
        if (!put(pin)) {
            Optional<Pin> there = find(pin.backup());
            if (there.isPresent() && !there.get().equals(pin)) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "backup " + pin.backup() + " is pinned already: "
                                + there.get().reason(),
                        "take that pin off first: `pgpitr unpin " + pin.backup() + "`");
            }
        }
    }

    /**
     * Makes sure of a pin that was just added; to be called when every expiry has ended that began before.
     *
     * @throws PgpitrException USAGE if the backup has gone meanwhile
     */
    public void confirm(Pin pin) {
        // it may have been taken for an older one of the same backup, which had ended
        put(pin);
        requireBackup(pin.backup());
    }

    private boolean put(Pin pin) {
        ObjectKey key = generation.layout().pin(pin.backup().value());
        return generation.store().putIfAbsent(key, Content.of(write(pin))) == ObjectStore.PutResult.CREATED;
    }

    private void requireBackup(BackupId id) {
        if (!new BackupCatalog(generation).contains(id)) {
            throw new PgpitrException(
                    ExitCode.USAGE, "there is no backup " + id + " in " + generation, "see `pgpitr list`");
        }
    }

    /**
     * Takes a pin off.
     *
     * @return what it said; empty if there was none
     * @throws PgpitrException STORAGE_UNAVAILABLE if the store refuses to delete it
     */
    public Optional<Pin> remove(BackupId id) {
        Optional<Pin> pin = find(id);
        if (pin.isPresent()) {
            DeleteResult result =
                    generation.store().delete(List.of(generation.layout().pin(id.value())));
            if (!result.isComplete()) {
                throw new PgpitrException(
                        ExitCode.STORAGE_UNAVAILABLE,
                        "the store refuses to delete the pin of backup " + id,
                        "use credentials that may delete; a locked object can be deleted when its lock has ended");
            }
        }
        return pin;
    }

    private static byte[] write(Pin pin) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("pgpitr", FORMAT);
            json.writeStringField("backup", pin.backup().value());
            json.writeStringField("reason", pin.reason());
            json.writeStringField("since", pin.since().toString());
            if (pin.until().isPresent()) {
                json.writeStringField("until", pin.until().get().toString());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
