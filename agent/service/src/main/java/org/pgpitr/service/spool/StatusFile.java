package org.pgpitr.service.spool;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgpitr.repository.lease.LeaseHolder;

/** What a process that works beside a server says of itself, in the spool, for {@code pgpitr status}. */
public final class StatusFile {
    private final Path file;
    private boolean told;

    /**
     * What was written last.
     *
     * @param isAlive whether the process that wrote it lives still
     */
    public record Word(Map<String, Object> facts, boolean isAlive) {
        /** When; the beginning of time if that can't be read. */
        public Instant updated() {
            try {
                return Instant.parse(String.valueOf(facts.get("updated")));
            } catch (DateTimeParseException e) {
                return Instant.EPOCH;
            }
        }
    }

    public StatusFile(Path file) {
        this.file = file;
    }

    /** Which process says it, and when: with what it says, {@link #write} takes it. */
    public static Map<String, Object> ofThisProcess(Instant started, Instant now) {
        ProcessHandle self = ProcessHandle.current();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("pid", self.pid());
        facts.put("process_started", LeaseHolder.startOf(self.pid()));
        facts.put("started", started);
        facts.put("updated", now);
        return facts;
    }

    /** @param facts as {@link #ofThisProcess} begins them; text, numbers, moments, durations, lists and maps of them */
    public void write(Map<String, Object> facts) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.write(temporary, JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asBytes(plain(facts)));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * As {@link #write}, again and again.
     *
     * @param trouble told in one sentence that it can't be written; then no more until it could be
     */
    public void write(Map<String, Object> facts, Consumer<String> trouble) {
        try {
            write(facts);
            told = false;
        } catch (IOException e) {
            if (!told) {
                trouble.accept("can't write " + file + ": " + e);
            }
            told = true;
        }
    }

    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> members = new LinkedHashMap<>();
            map.forEach((name, member) -> members.put(name.toString(), plain(member)));
            return members;
        }
        if (value instanceof Collection<?> all) {
            return all.stream().map(StatusFile::plain).toList();
        }
        if (value instanceof Duration duration) {
            return duration.toMillis() / 1000.0;
        }
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        return value instanceof Instant instant ? instant.toString() : value.toString();
    }

    /** Whether a process that lives wrote it. */
    public static boolean isOfRunningProcess(Path file) {
        try {
            return new StatusFile(file).read().isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** What was written last, if by a process that lives. */
    public Optional<Map<String, Object>> read() throws IOException {
        return last().filter(Word::isAlive).map(Word::facts);
    }

    /** What was written last, by whatever process; a file that a crash of the host tore says nothing. */
    public Optional<Word> last() throws IOException {
        Map<String, Object> facts;
        try {
            facts = JSON.std.mapFrom(Files.readAllBytes(file));
        } catch (NoSuchFileException | JacksonException | CharConversionException e) {
            return Optional.empty();
        }
        if (facts == null) {
            return Optional.empty(); // the word null, which is JSON too
        }
        return facts.get("pid") instanceof Number pid && facts.get("process_started") instanceof String started
                ? Optional.of(new Word(facts, isAlive(pid.longValue(), started)))
                : Optional.empty();
    }

    /** A process of that number that was started at that moment: numbers are given again. */
    private static boolean isAlive(long pid, String started) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(process -> LeaseHolder.startOf(pid).equals(started))
                .orElse(false);
    }
}
