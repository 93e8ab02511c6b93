package org.pgpitr.storage.local;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * One walk over the files of a store in the order of their keys. Holds one folder of each level in memory.
 *
 * <p>Within a folder, what stands beneath {@code a} sorts as {@code a/}: behind {@code a.b} and {@code a-b}, before
 * {@code a0}.
 */
final class Listing {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9._+=-]+");

    private record Entry(String key, Path path, BasicFileAttributes attributes) {}

    private final Path root;
    private final Folders folders;
    private final String prefix;
    private final String after;
    private final ListVisitor visitor;

    /** @param after only keys behind this one are shown; empty: all */
    Listing(Path root, Folders folders, String prefix, String after, ListVisitor visitor) {
        this.root = root;
        this.folders = folders;
        this.prefix = prefix;
        this.after = after;
        this.visitor = visitor;
    }

    void run() throws IOException {
        folders.proveAbsent(root);
        String base = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        Path folder = root;
        if (!base.isEmpty()) {
            for (String part : base.substring(0, base.length() - 1).split("/", -1)) {
                if (!isKeyPart(part)) {
                    return;
                }
                folder = folder.resolve(part);
            }
        }
        Next unused = walk(base, folder);
        // A disk that went away meanwhile looks like files that did.
        folders.proveAbsent(root);
    }

    private Next walk(String base, Path folder) throws IOException {
        for (Entry entry : entries(base, folder)) {
            Next next = entry.attributes.isDirectory()
                    ? walk(entry.key, entry.path)
                    : visitor.visit(ObjectKey.of(entry.key), FileVersion.stat(entry.attributes));
            if (next == Next.STOP) {
                return Next.STOP;
            }
        }
        return Next.CONTINUE;
    }

    private List<Entry> entries(String base, Path folder) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                add(entries, base + path.getFileName(), path);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            folders.proveAbsent(folder);
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(Comparator.comparing(Entry::key));
        return entries;
    }

    private void add(List<Entry> entries, String key, Path path) throws IOException {
        // What a disk's own file system puts into its uppermost folder is no part of the store.
        if (!isKeyPart(path.getFileName().toString()) || !mayMatch(key) || key.equals("lost+found")) {
            return;
        }
        if (!matches(key) && !holdsMatches(key + "/")) {
            return; // before it is asked what it is: a big folder may be listed from somewhere in the middle on
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory() ? holdsMatches(key + "/") : matches(key)) {
                entries.add(new Entry(attributes.isDirectory() ? key + "/" : key, path, attributes));
            }
        } catch (NoSuchFileException e) {
            folders.proveAbsent(path);
        }
    }

    private static boolean isKeyPart(String name) {
        return PART.matcher(name).matches()
                && !name.equals(".")
                && !name.equals("..")
                && !name.endsWith(TemporaryFile.SUFFIX);
    }

    private boolean mayMatch(String key) {
        return key.length() <= ObjectKey.MAX_LENGTH && (key.startsWith(prefix) || prefix.startsWith(key));
    }

    private boolean matches(String key) {
        return key.startsWith(prefix) && key.compareTo(after) > 0;
    }

    private boolean holdsMatches(String folderKey) {
        return (folderKey.startsWith(prefix) || prefix.startsWith(folderKey))
                && (folderKey.compareTo(after) > 0 || after.startsWith(folderKey));
    }
}
