package org.pgpitr.service.init;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.storage.local.LocalDiskStore;

/**
 * Makes the root folder of a repository on disk. When root makes it, it goes to the owner of the data directory: the
 * archiver runs as that user.
 */
final class LocalFolder {
    private final Optional<Path> dataDirectory;

    LocalFolder(Optional<Path> dataDirectory) {
        this.dataDirectory = dataDirectory.filter(Files::isDirectory);
    }

    /** Does nothing if the folder is there. */
    void create(Path folder) {
        if (Files.isDirectory(folder)) {
            return;
        }
        LocalDiskStore.create(folder).close();
        if (dataDirectory.isPresent()) {
            giveTo(dataDirectory.get(), folder);
        }
    }

    private static void giveTo(Path like, Path folder) {
        try {
            PosixFileAttributes wanted = Files.readAttributes(like, PosixFileAttributes.class);
            PosixFileAttributeView view =
                    Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            if (view.readAttributes().owner().getName().equals("root")
                    && !wanted.owner().getName().equals("root")) {
                view.setOwner(wanted.owner());
                view.setGroup(wanted.group());
            }
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.STORAGE_UNAVAILABLE,
                    "the folder " + folder + " can't be given to the owner of " + like + ": " + e,
                    "give it to the user that runs the server, then run `pgpitr init` again",
                    e);
        }
    }
}
