package org.pgpitr.storage.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ExactStream;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

/**
 * Objects as files beneath a root folder, on a disk or a network file system. An object is written to a temporary file
 * in its folder, made durable, and then linked to its name, which fails if the name is taken; the folders are made
 * durable too.
 *
 * <p>The root folder must exist: while it does not, every call fails with {@link Kind#NO_SUCH_LOCATION}, for a disk
 * that is not mounted is not an empty store. Run by the superuser, it gives what it makes the owner and group of the
 * root folder. Files whose names end in {@code .tmp} are its own and no objects.
 */
public final class LocalDiskStore implements ObjectStore {
    /** How often a put begins again because another process removed the folder when it was empty. */
    private static final int FOLDER_ATTEMPTS = 5;

    private final Path root;
    private final Folders folders;
    private final DiskErrors errors;

    /** @param root need not exist yet */
    public LocalDiskStore(Path root) {
        this(root, DiskCalls.SYSTEM);
    }

    LocalDiskStore(Path root, DiskCalls calls) {
        this.root = root.toAbsolutePath();
        this.folders = new Folders(this.root, calls);
        this.errors = new DiskErrors(this.root);
    }

    /** Makes the root folder, and its parents, unless it exists; durable. */
    public static LocalDiskStore create(Path root) {
        LocalDiskStore store = new LocalDiskStore(root);
        try {
            store.folders.createRoot();
        } catch (IOException e) {
            throw store.errors.translate("make the folder", e);
        }
        return store;
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return open(key, 0, Long.MAX_VALUE);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return open(key, range.offset(), range.length());
    }

    private Optional<InputStream> open(ObjectKey key, long offset, long length) {
        try {
            if (attributes(key).isEmpty()) {
                return Optional.empty();
            }
            FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ);
            long begin = Math.min(offset, channel.size());
            channel.position(begin);
            return Optional.of(
                    new ExactStream(Channels.newInputStream(channel), Math.min(length, channel.size() - begin)));
        } catch (NoSuchFileException e) {
            return proveAbsent("read", key, e);
        } catch (IOException e) {
            throw errors.translate("read " + key, e);
        }
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        try {
            return attributes(key).map(FileVersion::stat);
        } catch (IOException e) {
            throw errors.translate("look up " + key, e);
        }
    }

    /** Of an object; empty if proven absent. A folder is no object. */
    private Optional<BasicFileAttributes> attributes(ObjectKey key) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path(key), BasicFileAttributes.class);
            return attributes.isDirectory() ? Optional.empty() : Optional.of(attributes);
        } catch (NoSuchFileException e) {
            folders.proveAbsent(path(key));
            return Optional.empty();
        } catch (IOException e) {
            if (folders.standsBeneathAFile(path(key))) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private <T> Optional<T> proveAbsent(String verb, ObjectKey key, NoSuchFileException seen) {
        try {
            folders.proveAbsent(path(key));
            return Optional.empty();
        } catch (IOException e) {
            e.addSuppressed(seen);
            throw errors.translate(verb + " " + key, e);
        }
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        Path file = path(key);
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    if (attributes(key).isPresent()) {
                        return existing(file);
                    }
                    folders.ensure(file.getParent());
                    return putIfAbsent(file, content);
                } catch (NoSuchFileException e) {
                    if (attempt == FOLDER_ATTEMPTS || !Files.isDirectory(root)) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw errors.translateWrite("store " + key, content.length(), e);
        }
    }

    private PutResult putIfAbsent(Path file, Content content) throws IOException {
        try (TemporaryFile temporary = TemporaryFile.write(file.getParent(), content, folders)) {
            if (!temporary.linkTo(file)) {
                return existing(file);
            }
        }
        folders.sync(file.getParent());
        return PutResult.CREATED;
    }

    /** Another process may have linked it just now, and not come to making the folder durable. */
    private PutResult existing(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileAlreadyExistsException(file.toString(), null, "a folder stands in its place");
        }
        folders.ensure(file.getParent());
        folders.sync(file.getParent());
        return PutResult.EXISTS;
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        Path file = path(key);
        try {
            if (attributes(key).isEmpty()) {
                return Optional.empty();
            }
            try (TemporaryFile temporary = TemporaryFile.write(file.getParent(), content, folders);
                    StoreLock held = folders.lock()) {
                Optional<BasicFileAttributes> current = attributes(key);
                if (current.isEmpty() || !FileVersion.of(current.get()).equals(expected)) {
                    return Optional.empty();
                }
                ObjectVersion replaced = temporary.laterThan(current.get().lastModifiedTime());
                Files.move(temporary.path(), file, StandardCopyOption.ATOMIC_MOVE);
                folders.sync(file.getParent());
                return Optional.of(replaced);
            }
        } catch (IOException e) {
            throw errors.translateWrite("replace " + key, content.length(), e);
        }
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        list(prefix, "", visitor);
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        list(prefix, after.value(), visitor);
    }

    private void list(String prefix, String after, ListVisitor visitor) {
        try {
            new Listing(root, folders, prefix, after, visitor).run();
        } catch (IOException e) {
            throw errors.translate("list " + prefix + "*", e);
        }
    }

    @Override
    public DeleteResult delete(Collection<ObjectKey> keys) {
        Set<ObjectKey> survivors = new LinkedHashSet<>();
        Set<Path> emptied = new LinkedHashSet<>();
        for (ObjectKey key : keys) {
            try {
                if (attributes(key).isPresent()) {
                    deleteFile(path(key));
                    emptied.add(path(key).getParent());
                }
            } catch (IOException e) {
                StorageException failure = errors.translate("delete " + key, e);
                if (failure.kind() != Kind.ACCESS_DENIED || stat(key).isEmpty()) {
                    throw failure;
                }
                survivors.add(key);
            }
        }
        try {
            for (Path folder : emptied) {
                folders.syncOrPrune(folder);
            }
        } catch (IOException e) {
            throw errors.translate("delete " + keys.size() + " objects", e);
        }
        return DeleteResult.denied(survivors);
    }

    private void deleteFile(Path file) throws IOException {
        Optional<StoreLock> lock = StoreLock.takeIfUsed(root, folders);
        try {
            Files.deleteIfExists(file);
        } finally {
            if (lock.isPresent()) {
                lock.get().close();
            }
        }
    }

    private Path path(ObjectKey key) {
        return root.resolve(key.value());
    }

    @Override
    public String location() {
        return errors.location();
    }

    @Override
    public void close() {}
}
