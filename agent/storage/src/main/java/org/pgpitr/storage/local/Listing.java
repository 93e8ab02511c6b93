package org.pgpitr.storage.local;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.regex.Pattern;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * One walk over the files of a store in the order of their keys. Holds the names in one folder of each level in memory.
 *
 * <p>Within a folder, what stands beneath {@code a} sorts as {@code a/}: behind {@code a.b} and {@code a-b}, before
 * {@code a0}.
 */
final class Listing {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9._+=-]+");

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

    /** What an entry is, is asked when its turn comes: who stops early, or begins late, asks for few of a big folder. */
    private Next walk(String base, Path folder) throws IOException {
        Queue<String> names = names(base, folder);
        while (!names.isEmpty()) {
            String name = names.remove();
            Next next = name.endsWith("/")
                    ? walk(base + name, folder.resolve(name))
                    : entry(base + name, folder.resolve(name), () -> names.add(name + "/"));
            if (next == Next.STOP) {
                return Next.STOP;
            }
        }
        return Next.CONTINUE;
    }

    /** @param isFolder hears that it is one, whose turn comes later */
    private Next entry(String key, Path path, Runnable isFolder) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            folders.proveAbsent(path);
            return Next.CONTINUE;
        }
        if (!attributes.isDirectory()) {
            return matches(key) ? visitor.visit(ObjectKey.of(key), FileVersion.stat(attributes)) : Next.CONTINUE;
        }
        if (holdsMatches(key + "/")) {
            isFolder.run();
        }
        return Next.CONTINUE;
    }

    /** Those in a folder that may matter, by what their keys would be as files; strings alone, since there may be many. */
    private Queue<String> names(String base, Path folder) throws IOException {
        Queue<String> names = new PriorityQueue<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                if (mayMatter(name, base + name)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            folders.proveAbsent(folder);
            return new PriorityQueue<>();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** As a file or as a folder. What a disk's own file system puts into its uppermost folder is no part of the store. */
    private boolean mayMatter(String name, String key) {
        return isKeyPart(name)
                && mayMatch(key)
                && !key.equals("lost+found")
                && (matches(key) || holdsMatches(key + "/"));
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
