package org.pgpitr.service.restore;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.backup.PathNames;

/** What is done when all files are in place: symbolic links, and the modes of directories, which may forbid writing. */
final class LaterSteps {
    private record Link(String path, String target) {}

    private record Mode(Path directory, int mode) {}

    private final List<Link> links = new ArrayList<>();
    private final List<Mode> modes = new ArrayList<>();

    synchronized void link(String path, String linkTarget) {
        links.add(new Link(path, linkTarget));
    }

    synchronized void mode(Path directory, int mode) {
        modes.add(new Mode(directory, mode));
    }

    synchronized void makeLinks(RestoreTarget target) throws IOException {
        for (Link link : links) {
            make(target, target.resolve(link.path()), PathNames.path(link.target()));
        }
        for (Map.Entry<Long, Path> tablespace : target.tablespaces().all().entrySet()) {
            make(target, target.into().resolve(TablespacePlaces.LINKS + tablespace.getKey()), tablespace.getValue());
        }
    }

    private static void make(RestoreTarget target, Path link, Path to) throws IOException {
        target.makeDirectory(link.getParent());
        try {
            Files.createSymbolicLink(link, to);
        } catch (FileAlreadyExistsException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "the backup is damaged: \"" + link + "\" is both a link and something else",
                    "remove what was restored and restore from another backup; see `pgpitr list`",
                    e);
        }
        target.owner().own(link);
    }

    synchronized void setModes() throws IOException {
        for (Mode mode : modes) {
            Files.setAttribute(mode.directory(), "unix:mode", mode.mode());
        }
    }
}
