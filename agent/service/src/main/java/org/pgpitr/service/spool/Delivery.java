package org.pgpitr.service.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.WalFileName;

/**
 * Word of a request of a recovery that {@code archive-get} has answered by itself: by it the prefetcher learns with which
 * configuration the recovery asks, and by the file that it was brought where it is, and along which timeline it goes. It
 * only ever makes something faster; what it says wrongly costs time.
 *
 * @param file empty if what it asked for is absent
 * @param owner the line of the configuration that the hook was called with ({@link SpoolOwner#line})
 * @param place the file that says so
 */
public record Delivery(Optional<WalFileName> file, String owner, Path place, FileTime time) {
    private static final String NOTHING = "nothing";

    /**
     * Leaves word.
     *
     * @return the file that says so; who hears of it removes that
     */
    public static Path leave(Spool recovery, Optional<WalFileName> file, SpoolOwner owner) throws IOException {
        Path made =
                recovery.folder().resolve("delivered." + ProcessHandle.current().pid());
        Files.writeString(made, owner.line());
        Path place =
                recovery.delivered().resolve(file.map(WalFileName::toString).orElse(NOTHING));
        return Files.move(made, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What is not yet heard of, in the order in which it was delivered. */
    public static List<Delivery> pending(Spool recovery) throws IOException {
        List<Delivery> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(recovery.delivered())) {
            for (Path place : files) {
                of(place).ifPresent(all::add);
            }
        }
        all.sort(Comparator.comparing(Delivery::time));
        return all;
    }

    private static Optional<Delivery> of(Path place) throws IOException {
        try {
            String owner = new String(Files.readAllBytes(place), StandardCharsets.UTF_8);
            FileTime time = Files.getLastModifiedTime(place);
            String name = place.getFileName().toString();
            Optional<WalFileName> file = WalFileName.tryParse(name);
            return file.isPresent() || name.equals(NOTHING)
                    ? Optional.of(new Delivery(file, owner, place, time))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty(); // the spool is anybody's to clear
        }
    }

    /** It is heard. */
    public void done() throws IOException {
        Files.deleteIfExists(place);
    }
}
