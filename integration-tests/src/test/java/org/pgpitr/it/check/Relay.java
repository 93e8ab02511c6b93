package org.pgpitr.it.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.storage.Content;

/**
 * An archive_command by the name of pgpitr that needs no JVM for each segment: it hands the file to this process, which
 * archives it. It fails while there is a file {@code broken} beside it, and only pretends to archive while there is one
 * called {@code lost}.
 */
final class Relay implements AutoCloseable {
    private final Path spool;
    private final Path script;
    private final AtomicReference<List<WalArchive>> archives = new AtomicReference<>(List.of());
    private final Thread mover = new Thread(this::moveForEver, "relay");

    Relay(Workspace work) throws IOException {
        spool = work.folder("spool");
        script = work.user().file(work.folder("relay").resolve("pgpitr"), """
                #!/bin/sh
                cd "${0%%/*}"
                test ! -e broken || exit 1
                test ! -e lost || exit 0
                file=${2##*/}
                cp "$2" "%1$s/$file.part" && mv "%1$s/$file.part" "%1$s/$file"
                while test -e "%1$s/$file"; do sleep 0.05; done
                """.formatted(spool));
        Files.setPosixFilePermissions(script, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        mover.setDaemon(true);
        mover.start();
    }

    /** What to set archive_command to; the path is absolute because the script leaves the data directory. */
    String command(Path dataDirectory) {
        return script + " archive-push " + dataDirectory + "/%p";
    }

    /** From now on files go there, to all of them; none goes anywhere before. */
    void into(Generation... generations) {
        archives.set(Stream.of(generations).map(WalArchive::new).toList());
    }

    Path flag(String name) {
        return script.resolveSibling(name);
    }

    private void moveForEver() {
        try {
            while (true) {
                List<WalArchive> into = archives.get();
                if (!into.isEmpty()) {
                    move(into);
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException closed) {
            return;
        }
    }

    private void move(List<WalArchive> into) {
        List<Path> files;
        try (Stream<Path> all = Files.list(spool)) {
            files = all.filter(file -> !file.toString().endsWith(".part"))
                    .sorted()
                    .toList();
            for (Path file : files) {
                WalFileName name = WalFileName.parse(file.getFileName().toString());
                for (WalArchive archive : into) {
                    WalArchive.Pushed unused = archive.push(name, Content.of(file));
                }
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        mover.interrupt();
        mover.join();
    }
}
