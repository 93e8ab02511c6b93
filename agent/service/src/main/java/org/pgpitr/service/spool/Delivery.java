package org.pgpitr.service.spool;

import java.io.IOException;
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
 * Word of a file that {@code archive-get} has brought to a recovery by itself: by it the prefetcher learns where the
 * recovery is, along which timeline it goes, and with which configuration it asks. It only ever makes something faster;
 * what it says wrongly costs time.
 *
 * @param owner the line of the configuration that the hook was called with ({@link SpoolOwner#line})
 * @param place the file that says so
 */
public record Delivery(WalFileName file, String owner, Path place, FileTime time) {
    /** Leaves word. */
    public static void leave(Spool recovery, WalFileName file, SpoolOwner owner) throws IOException {
        Path made =
                recovery.folder().resolve("delivered." + ProcessHandle.current().pid());
        Files.writeString(made, owner.line());
        Files.move(
                made,
                recovery.delivered().resolve(file.toString()),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
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
            String owner = Files.readString(place);
            FileTime time = Files.getLastModifiedTime(place);
            return WalFileName.tryParse(place.getFileName().toString())
                    .map(file -> new Delivery(file, owner, place, time));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // the spool is anybody's to clear
        }
    }

    /** It is heard. */
    public void done() throws IOException {
        Files.deleteIfExists(place);
    }
}
