package org.pgpitr.service.spool;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.pgpitr.error.ExitCode;

/**
 * The named pipe by which the agent wakes hooks that wait. A hook that reads it while no agent has it open meets its end
 * at once, and when the agent dies, then. What a hook reads here it believes only where it says that it failed; for
 * success it looks at the acknowledgement. The number of a question stands in its answer only if that says that the file
 * is absent: so what is left of lines of which several readers have each got a part never says that.
 */
public final class AnswerPipe implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;
    /** The least that POSIX lets be written in one piece is 512; Linux has 4096. */
    private static final int MOST_MESSAGE = 2000;

    private static final int MOST_LINE = 4000;
    /** A quarter of what a pipe holds on Linux: answers to hooks that were killed before they read them. */
    private static final int MOST_UNREAD = 16 << 10;

    /** Open for both: so opening does not wait for a reader, and writing never meets a pipe without one. */
    private final RandomAccessFile pipe;

    private final Path place;
    private final Object key;

    private AnswerPipe(RandomAccessFile pipe, Path place, Object key) {
        this.pipe = pipe;
        this.place = place;
        this.key = key;
    }

    /** Makes the pipe anew; under its name it is open already. */
    public static AnswerPipe create(Path place) throws IOException {
        Path made = place.resolveSibling(place.getFileName() + ".new");
        Files.deleteIfExists(made);
        Process mkfifo = new ProcessBuilder("mkfifo", "-m", "600", made.toString())
                .redirectErrorStream(true)
                .start();
        try {
            if (!mkfifo.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || mkfifo.exitValue() != 0) {
                throw new IOException("mkfifo " + place + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            mkfifo.destroyForcibly();
        }
        AnswerPipe pipe = new AnswerPipe(new RandomAccessFile(made.toFile(), "rw"), place, keyOf(made));
        Files.move(made, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return pipe;
    }

    private static Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Whether hooks still find it; not where somebody removed the spool. */
    public boolean isInPlace() {
        try {
            return Objects.equals(key, keyOf(place));
        } catch (IOException e) {
            return false;
        }
    }

    /** Says: look at the acknowledgement. */
    public void look(Ask ask) throws IOException {
        send("look|" + ask.hook() + "|||");
    }

    /** Says: do the work yourself. */
    public void direct(Ask ask) throws IOException {
        direct(ask.hook());
    }

    void direct(String hook) throws IOException {
        send("direct|" + hook + "|||");
    }

    /**
     * Says: every repository has said now, to this very question, that there is no such file.
     *
     * @param owner for whom they were asked, as {@link SpoolOwner#line} has it
     */
    public void absent(Ask ask, String owner) throws IOException {
        answerFor(owner, "absent", ask.once(), ask);
    }

    /**
     * Says: the file is there for you alone, under its name and your question's number.
     *
     * @param owner for whom it was fetched, as {@link SpoolOwner#line} has it
     */
    public void take(Ask ask, String owner) throws IOException {
        answerFor(owner, "take", "", ask);
    }

    /** The full stop: shells differ in what they make of a line's last separators. */
    private void answerFor(String owner, String kind, String once, Ask ask) throws IOException {
        if (ask.once().isEmpty()) {
            throw new IllegalArgumentException("a question without a number");
        }
        String line = kind + "|" + ask.hook() + "|" + once + "|" + ask.file() + "|" + owner + "|.";
        if (line.getBytes(StandardCharsets.UTF_8).length > MOST_LINE) {
            direct(ask);
        } else {
            send(line);
        }
    }

    /** Says: fail, with this status and these words. */
    public void failed(Ask ask, ExitCode code, String message, String hint) throws IOException {
        send("failed|" + ask.hook() + "|" + code.status() + "|" + clean(message) + "|" + clean(hint));
    }

    private static String clean(String text) {
        String line = text.replaceAll("[\\r\\n|]+", " ");
        return line.length() > MOST_MESSAGE / 2 ? line.substring(0, MOST_MESSAGE / 2) : line;
    }

    private void send(String line) throws IOException {
        FileInputStream unread = new FileInputStream(pipe.getFD());
        int bytes = unread.available();
        if (bytes > MOST_UNREAD) {
            unread.read(new byte[bytes]);
        }
        pipe.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        if (isInPlace()) {
            Files.deleteIfExists(place);
        }
        pipe.close();
    }
}
