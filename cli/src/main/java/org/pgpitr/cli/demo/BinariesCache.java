package org.pgpitr.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacked archives, each in a folder named after its digest; kept between runs, readable by every user, and appearing
 * whole or not at all. Processes that need the same archive at once unpack it once.
 */
final class BinariesCache {
    private static final Set<PosixFilePermission> FOR_ALL = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final String UNFINISHED = ".tmp";

    /** A {@code .tar.xz}, to be opened more than once. */
    @FunctionalInterface
    interface Archive {
        InputStream open() throws IOException;
    }

    private final Path root;

    BinariesCache(Path root) {
        this.root = root;
    }

    /**
     * In {@code $XDG_CACHE_HOME} or {@code ~/.cache}; root's home is often closed to the servers' user, so root uses
     * {@code /var/cache}.
     */
    static BinariesCache ofThisUser() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path home = Path.of(System.getProperty("user.home"));
        Path base = System.getProperty("user.name").equals("root")
                ? Path.of("/var/cache")
                : xdg != null && xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".cache");
        return new BinariesCache(base.resolve("pgpitr").resolve("postgres"));
    }

    /** The folder with the archive's content. */
    Path unpacked(Archive archive) throws IOException {
        Path folder = root.resolve(digest(archive).substring(0, 16));
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Files.createDirectories(root);
        openToAll(root.getParent());
        openToAll(root);
        // One thread of this process at a time: a file lock is the whole process's.
        synchronized (BinariesCache.class) {
            try (FileChannel channel = FileChannel.open(
                            root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!Files.isDirectory(folder) && lock.isValid()) {
                    unpack(archive, folder);
                }
            }
        }
        return folder;
    }

    private static void unpack(Archive archive, Path folder) throws IOException {
        Path unfinished = folder.resolveSibling(folder.getFileName() + UNFINISHED);
        Trees.delete(unfinished); // of a process that was killed
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(archive.open()))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = unfinished.resolve(entry.getName()).normalize();
                if (!target.startsWith(unfinished)) {
                    throw new IOException("an entry leads out of its folder: " + entry.getName());
                }
                extract(tar, entry, target);
            }
        }
        try (Stream<Path> all = Files.walk(unfinished)) {
            for (Path directory : (Iterable<Path>) all.filter(Files::isDirectory)::iterator) {
                openToAll(directory);
            }
        }
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void extract(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        try (OutputStream out = Files.newOutputStream(target)) {
            tar.transferTo(out);
        }
        boolean executable = (entry.getMode() & 0b001_000_000) != 0;
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }

    /** Whatever the umask says. */
    private static void openToAll(Path directory) throws IOException {
        if (!Files.getPosixFilePermissions(directory).containsAll(FOR_ALL)) {
            Files.setPosixFilePermissions(directory, FOR_ALL);
        }
    }

    private static String digest(Archive archive) throws IOException {
        try (InputStream in = archive.open()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
