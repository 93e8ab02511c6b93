package org.pgpitr.service.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.codec.Sha256;
import org.pgpitr.service.Progress;

/**
 * What an interrupted run has verified already and found sound, in a local file, a line a piece of work. What was found
 * damaged is not noted: the next run finds it again, and tells it again. Losing the file costs time, nothing else.
 *
 * <p>Safe for several threads.
 */
final class RunState implements AutoCloseable {
    /** What was verified longer ago is verified again. */
    static final Duration VALIDITY = Duration.ofDays(14);

    private static final String FORMAT = "pgpitr verify 1";

    private final Set<String> done = new HashSet<>();
    private final Optional<Path> file;
    private final Progress progress;
    private FileChannel channel;
    private Optional<Rotation.Turn> turn = Optional.empty();
    private boolean finished;

    private RunState(Optional<Path> file, Progress progress) {
        this.file = file;
        this.progress = progress;
    }

    /** Notes nothing. */
    static RunState none() {
        return new RunState(Optional.empty(), Progress.NONE);
    }

    /**
     * Opens the notes of runs with the same arguments. If they can't be written, that is said, and nothing is noted.
     *
     * @param arguments all that decides what is verified
     * @throws PgpitrException LOCKED if such a run is under way
     */
    static RunState open(Path folder, List<String> arguments, Progress progress, Clock clock) {
        String name = "verify-"
                + Sha256.of(String.join("\n", arguments).getBytes(StandardCharsets.UTF_8))
                        .substring(0, 16) + ".state";
        RunState state = new RunState(Optional.of(folder.resolve(name)), progress);
        try {
            Files.createDirectories(folder);
            removeOld(folder, clock);
            state.read(clock);
            return state;
        } catch (IOException e) {
            progress.say("can't note in " + folder + " what is done (" + e
                    + "): an interrupted run would have to begin anew");
            return none();
        }
    }

    private static void removeOld(Path folder, Clock clock) throws IOException {
        Instant oldest = clock.instant().minus(VALIDITY);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "verify-*.state")) {
            for (Path old : files) {
                if (Files.getLastModifiedTime(old).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(old);
                }
            }
        }
    }

    private void read(Clock clock) throws IOException {
        channel = FileChannel.open(
                file.orElseThrow(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        lock();
        List<String> lines = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        if (!isUsable(lines, clock.instant())) {
            channel.truncate(0);
            append(FORMAT + " " + clock.instant());
            return;
        }
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith("turn ")) {
                String[] words = line.split(" ");
                turn = Optional.of(new Rotation.Turn(Integer.parseInt(words[1]), Integer.parseInt(words[2])));
            } else {
                done.add(line);
            }
        }
        // a line that was cut off by a crash must not swallow the next
        append("");
    }

    private void lock() throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new PgpitrException(
                    ExitCode.LOCKED,
                    "another `pgpitr verify` with the same arguments is under way on this host",
                    "wait until it has ended");
        }
    }

    private static boolean isUsable(List<String> lines, Instant now) {
        if (lines.isEmpty() || !lines.get(0).startsWith(FORMAT + " ")) {
            return false;
        }
        try {
            Instant started = Instant.parse(lines.get(0).substring(FORMAT.length() + 1));
            return started.plus(VALIDITY).isAfter(now)
                    && lines.stream()
                            .filter(line -> line.startsWith("turn "))
                            .allMatch(line -> line.matches("turn [0-9]{1,9} [0-9]{1,3}"));
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** The part of a sample that the interrupted run was at. */
    Optional<Rotation.Turn> turn() {
        return turn;
    }

    void begin(Rotation.Turn begun) {
        note("turn " + begun.round() + " " + begun.part());
    }

    /** Whether a piece of work was found sound by the run that was interrupted. */
    boolean isDone(String piece) {
        return done.contains(piece);
    }

    /** A piece of work was found sound. */
    void done(String piece) {
        note(piece);
    }

    private synchronized void note(String line) {
        if (channel == null) {
            return;
        }
        try {
            append(line);
        } catch (ClosedByInterruptException e) {
            channel = null;
        } catch (IOException e) {
            progress.say("can't note in " + file.orElseThrow() + " what is done (" + e + ")");
            close();
        }
    }

    private void append(String line) throws IOException {
        channel.position(channel.size());
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The run has come to its end: the next one begins anew. */
    synchronized void finish() {
        finished = true;
    }

    @Override
    public synchronized void close() {
        if (channel == null) {
            return;
        }
        try {
            if (finished) {
                Files.deleteIfExists(file.orElseThrow());
            }
            channel.close();
        } catch (IOException e) {
            progress.say("can't close " + file.orElseThrow() + " (" + e + ")");
        }
        channel = null;
    }
}
