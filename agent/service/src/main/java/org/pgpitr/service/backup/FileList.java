package org.pgpitr.service.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.PathNames;

/**
 * What is to be copied, in compact form: a file takes 16 bytes and those of its name, so a million files stand in about
 * 25 MB. Filled by one thread, then read by many.
 */
final class FileList {
    private final List<ManifestEntry> directories = new ArrayList<>();
    private byte[] names = new byte[1 << 12];
    private int namesLength;
    private int[] nameEnd = new int[1 << 8];
    private int[] parent = new int[1 << 8];
    private long[] size = new long[1 << 8];
    private int count;
    private long totalBytes;

    /** Adds a directory, behind the one that holds it, and gives its number. */
    int directory(ManifestEntry directory) {
        directories.add(directory);
        return directories.size() - 1;
    }

    /** Adds a file of a directory; {@code name} is the last part of its path, as {@link PathNames} writes it. */
    void file(int directory, String name, long bytes) {
        byte[] raw = PathNames.bytes(name);
        if (count == nameEnd.length) {
            int grown = Math.multiplyExact(count, 2);
            nameEnd = Arrays.copyOf(nameEnd, grown);
            parent = Arrays.copyOf(parent, grown);
            size = Arrays.copyOf(size, grown);
        }
        if (namesLength + raw.length > names.length) {
            names = Arrays.copyOf(names, Math.addExact(names.length, Math.max(names.length, raw.length)));
        }
        System.arraycopy(raw, 0, names, namesLength, raw.length);
        namesLength += raw.length;
        nameEnd[count] = namesLength;
        parent[count] = directory;
        size[count] = bytes;
        totalBytes += bytes;
        count++;
    }

    /** How many files. */
    int count() {
        return count;
    }

    /** Of all files, as they were when they were seen. */
    long totalBytes() {
        return totalBytes;
    }

    /** All directories, each behind the one that holds it. */
    List<ManifestEntry> directories() {
        return directories;
    }

    /** The path of a file, relative to the data directory, as {@link PathNames} writes it. */
    String path(int file) {
        int from = file == 0 ? 0 : nameEnd[file - 1];
        String name = PathNames.ofBytes(names, from, nameEnd[file] - from);
        return below(directories.get(parent[file]).path(), name);
    }

    /** The path of {@code name} in a directory. */
    static String below(String directory, String name) {
        return directory.equals(".") ? name : directory + "/" + name;
    }

    long size(int file) {
        return size[file];
    }
}
