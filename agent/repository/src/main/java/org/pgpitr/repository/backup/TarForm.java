package org.pgpitr.repository.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Entries of a tar stream, to and from {@link ManifestEntry}. Names stand as the bytes they are: commons-compress is
 * given them as Latin-1, byte for byte, and long ones go into GNU's long-name entries, because the names of PAX headers
 * are UTF-8 by definition and could not carry any other byte.
 */
final class TarForm {
    /** Names as bytes. */
    static final String NAMES = StandardCharsets.ISO_8859_1.name();

    static final int RECORD = TarConstants.DEFAULT_RCDSIZE;

    private TarForm() {}

    /** All header records of an entry. */
    static byte[] header(ManifestEntry entry) {
        TarArchiveEntry tar = tarEntry(entry);
        tar.setMode(entry.mode());
        // whole seconds: a fraction would cost each file a PAX header, and the manifest has it
        tar.setModTime(FileTime.from(entry.modified().truncatedTo(ChronoUnit.SECONDS)));
        tar.setIds(0, 0);
        tar.setNames("", "");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(RECORD);
        // not closed: it would miss the entry's data, which goes its own way
        TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, RECORD, NAMES);
        out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        try {
            out.putArchiveEntry(tar);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static TarArchiveEntry tarEntry(ManifestEntry entry) {
        String name = latin(entry.path());
        return switch (entry.kind()) {
            case FILE -> {
                TarArchiveEntry file = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
                file.setSize(entry.size());
                yield file;
            }
            case DIRECTORY -> new TarArchiveEntry(name + "/", TarConstants.LF_DIR, true);
            case LINK -> {
                TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK, true);
                link.setLinkName(latin(entry.linkTarget().orElseThrow()));
                yield link;
            }
        };
    }

    /**
     * @throws IOException if the entry is of a kind that a backup never holds
     */
    static ManifestEntry entry(TarArchiveEntry tar) throws IOException {
        String path = name(tar.getName());
        int mode = tar.getMode() & 07777;
        Instant modified = tar.getLastModifiedTime().toInstant();
        if (tar.isSymbolicLink()) {
            return ManifestEntry.link(path, name(tar.getLinkName()), modified);
        }
        if (tar.isDirectory()) {
            return ManifestEntry.directory(
                    path.endsWith("/") ? path.substring(0, path.length() - 1) : path, mode, modified);
        }
        if (tar.getLinkFlag() == TarConstants.LF_NORMAL || tar.getLinkFlag() == TarConstants.LF_OLDNORM) {
            return ManifestEntry.file(path, tar.getSize(), mode, modified);
        }
        throw new IOException("entry \"" + path + "\" is neither a file, a directory nor a link");
    }

    private static String latin(String name) {
        return new String(PathNames.bytes(name), StandardCharsets.ISO_8859_1);
    }

    private static String name(String latin) {
        byte[] bytes = latin.getBytes(StandardCharsets.ISO_8859_1);
        return PathNames.ofBytes(bytes, 0, bytes.length);
    }

    /** How many zero bytes follow data of that size. */
    static int padding(long size) {
        return (int) (-size & (RECORD - 1));
    }
}
