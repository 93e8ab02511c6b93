package org.pgpitr.it.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Predicate;
import org.pgpitr.cli.demo.ServerUser;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.storage.Content;

/**
 * Archives for a server without starting a Java machine for each segment: {@code archive_command} lays the file into a
 * folder and waits until this process has archived it, or refused to. What was archived stays in another folder, from
 * which a {@code restore_command} can take it.
 */
final class TestArchiver implements AutoCloseable {
    private final Path inbox;
    private final Path kept;
    private final Thread thread = new Thread(this::work, "test-archiver");
    private volatile Generation generation;
    private volatile Predicate<String> refused = file -> false;
    private volatile Predicate<String> swallowed = file -> false;

    TestArchiver(Path folder, ServerUser user) {
        try {
            inbox = user.folder(folder.resolve("inbox"));
            kept = user.folder(folder.resolve("kept"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    /** To be set as the server's {@code archive_command}. */
    String command() {
        String file = inbox + "/%f";
        return "cp %p " + file + ".part && mv " + file + ".part " + file + " && while test -e " + file
                + "; do sleep 0.02; done; test ! -e " + file + ".refused";
    }

    /** Gives back what was archived, for a restored server. */
    String restoreCommand() {
        return "cp " + kept + "/%f \"%p\"";
    }

    /** Where files go from now on; all of them, and archiving works. */
    void into(Generation target) {
        generation = target;
        refused = file -> false;
        swallowed = file -> false;
    }

    /** Fails for such files from now on. */
    void refuse(Predicate<String> files) {
        refused = files;
    }

    /** Tells the server that such files are archived, and archives them not. */
    void swallow(Predicate<String> files) {
        swallowed = files;
    }

    private void work() {
        while (!Thread.interrupted()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(inbox)) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    if (!name.endsWith(".part") && !name.endsWith(".refused")) {
                        archive(file, name);
                    }
                }
                Thread.sleep(10);
            } catch (InterruptedException e) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void archive(Path file, String name) throws IOException {
        Path refusal = inbox.resolve(name + ".refused");
        if (refused.test(name)) {
            Files.writeString(refusal, "");
            Files.delete(file);
            return;
        }
        Files.deleteIfExists(refusal);
        try {
            if (!swallowed.test(name)) {
                new WalArchive(generation).push(WalFileName.parse(name), Content.of(file));
            }
            Files.move(file, kept.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException serverStopped) {
            return;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
