package org.pgpitr.service.spool;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The acknowledgements: for each file one of the same name, empty, whose modification time is exactly that of the file
 * it was made for. A shell compares the two with {@code -nt} and {@code -ot}. PostgreSQL's writing sets the time of the
 * file, so an acknowledgement of a recycled, restored or copied name is none; and since nothing depends on which of two
 * times is the later one, a clock that jumps makes none either. Beside them stands on which host they were made, and since which start of it: a copy elsewhere, where
 * the same repository may be another disk, has none.
 *
 * <p>Not safe for several threads.
 */
public final class Acknowledgements {
    private final Spool spool;
    private final Set<String> names = new TreeSet<>();

    public Acknowledgements(Spool spool) {
        this.spool = spool;
    }

    /** Forgets all that an earlier agent left, and begins anew; before hooks can ask. */
    public void begin(SpoolOwner owner) throws IOException {
        clear(spool.asked());
        beginFor(owner);
    }

    /** Forgets all that was acknowledged, and begins anew for that owner; hooks that ask meanwhile are still heard. */
    public void beginFor(SpoolOwner owner) throws IOException {
        names.clear();
        clear(spool.acknowledged());
        Files.writeString(spool.folder().resolve("host"), Host.line() + "\n");
        Files.writeString(spool.folder().resolve("for"), owner.line() + "\n");
        marker("cluster", Optional.of(owner.clusterTime()));
        marker("configuration", owner.configurationTime());
    }

    /** Makes no hook believe anything that stands here any more. */
    public void end() throws IOException {
        Files.deleteIfExists(spool.folder().resolve("for"));
        names.clear();
        clear(spool.acknowledged());
    }

    private void marker(String name, Optional<FileTime> time) throws IOException {
        if (time.isPresent()) {
            place(spool.folder().resolve(name), time.get());
        } else {
            Files.deleteIfExists(spool.folder().resolve(name));
        }
    }

    private static void clear(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Acknowledges a file.
     *
     * @param time its modification time, from before it was read
     * @throws IOException also if the spool's file system does not keep times exactly
     */
    public void add(String name, FileTime time) throws IOException {
        place(spool.acknowledged().resolve(name), time);
        names.add(name);
    }

    private void place(Path file, FileTime time) throws IOException {
        Path temporary = spool.folder().resolve("new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary);
        Files.setLastModifiedTime(temporary, time);
        if (!Files.getLastModifiedTime(temporary).equals(time)) {
            throw new IOException("the file system of " + file + " does not keep times exactly");
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Forgets one. */
    public void remove(String name) throws IOException {
        try {
            Files.delete(spool.acknowledged().resolve(name));
        } catch (NoSuchFileException e) {
            // somebody removed the spool's files, as anybody may
        }
        names.remove(name);
    }

    /** The names for which the spool has an acknowledgement now; whether of the files of today is not looked at. */
    public static Set<String> present(Spool spool) throws IOException {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(spool.acknowledged())) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }

    /** Of which files, by this object. */
    public Set<String> names() {
        return Set.copyOf(names);
    }
}
