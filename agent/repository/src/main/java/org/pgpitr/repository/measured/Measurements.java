package org.pgpitr.repository.measured;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.pgpitr.repository.FlatJson;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** The measurements of one generation: a small plain object each, written once. Nothing rests on them but estimates. */
public final class Measurements {
    private static final int FORMAT = 1;
    private static final int MAX_RECORD = 1 << 16;
    private static final int TOKEN = 8;
    private static final Pattern NAME = Pattern.compile("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{" + TOKEN + "}\\.json");
    /** Of each kind; estimates look at fewer. */
    private static final int KEPT = 100;

    private static final int AT_A_TIME = 32;

    private static final JsonFactory JSON = new JsonFactory();

    private final Generation generation;

    public Measurements(Generation generation) {
        this.generation = generation;
    }

    /**
     * Keeps a measurement.
     *
     * @throws StorageException if it can't be written, such as with credentials that only read
     */
    public void add(Measurement measured) {
        String name = BackupId.at(measured.finished()) + "-"
                + UUID.randomUUID().toString().substring(0, TOKEN);
        ObjectKey key =
                ObjectKey.of(generation.layout().measuredPrefix(measured.kind().word()) + name + ".json");
        generation.store().putIfAbsent(key, Content.of(write(measured)));
    }

    /** The newest ones of a kind, newest first, as many as there are at most. What can't be understood is passed over. */
    public List<Measurement> newest(Measurement.Kind kind, int most) {
        Deque<ObjectKey> keys = new ArrayDeque<>();
        generation.store().list(generation.layout().measuredPrefix(kind.word()), (key, stat) -> {
            keys.addFirst(key);
            if (keys.size() > most) {
                keys.removeLast();
            }
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return Threads.each(keys, AT_A_TIME, "reading measurements", key -> read(kind, key)).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** All but the newest {@value #KEPT} of each kind: no estimate looks at them any more. */
    public List<ObjectKey> outnumbered() {
        List<ObjectKey> old = new ArrayList<>();
        for (Measurement.Kind kind : Measurement.Kind.values()) {
            List<ObjectKey> keys = new ArrayList<>();
            generation.store().list(generation.layout().measuredPrefix(kind.word()), (key, stat) -> {
                if (NAME.matcher(key.lastPart()).matches()) {
                    keys.add(key);
                }
                return ObjectStore.ListVisitor.Next.CONTINUE;
            });
            old.addAll(keys.subList(0, Math.max(0, keys.size() - KEPT)));
        }
        return old;
    }

    private Optional<Measurement> read(Measurement.Kind kind, ObjectKey key) {
        Optional<InputStream> opened = generation.store().open(key);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = opened.get()) {
            return parse(kind, in.readNBytes(MAX_RECORD));
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    generation.store().location() + ": reading " + key + " broke off: " + e.getMessage(),
                    e);
        }
    }

    private static Optional<Measurement> parse(Measurement.Kind kind, byte[] json) {
        try {
            Map<String, Object> fields = FlatJson.parse(json);
            return Optional.of(new Measurement(
                    kind,
                    FlatJson.text(fields, "host"),
                    Instant.parse(FlatJson.text(fields, "finished")),
                    FlatJson.number(fields, "bytes"),
                    Duration.ofMillis(FlatJson.number(fields, "milliseconds"))));
        } catch (IllegalArgumentException | DateTimeException notOurs) {
            return Optional.empty();
        }
    }

    private static byte[] write(Measurement measured) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("pgpitr", FORMAT);
            json.writeStringField("host", measured.host());
            json.writeStringField("finished", measured.finished().toString());
            json.writeNumberField("bytes", measured.bytes());
            json.writeNumberField(
                    "milliseconds", Math.max(1, measured.duration().toMillis()));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
