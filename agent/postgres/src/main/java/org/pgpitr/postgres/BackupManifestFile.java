package org.pgpitr.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes PostgreSQL's own {@code backup_manifest}, so that {@code pg_verifybackup} accepts a restored data directory
 * ({@code src/backend/backup/backup_manifest.c}; before 15 in {@code src/backend/replication}). Streams: an entry is
 * written as it is told, in one call of {@code write}; nothing is kept. Not for several threads at once.
 */
public final class BackupManifestFile implements Closeable {
    /** The file's path in a data directory. */
    public static final String PATH = "backup_manifest";

    /**
     * WAL that a recovery of the backup needs.
     *
     * @param end the first position behind it
     */
    public record WalRange(TimelineId timeline, Lsn start, Lsn end) {}

    private static final DateTimeFormatter GMT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final OutputStream out;
    private final MessageDigest digest;
    private boolean first = true;
    private boolean finished;

    /** @param out is closed by {@link #close}, not before */
    public BackupManifestFile(OutputStream out, PostgresMajor major, SystemIdentifier systemIdentifier)
            throws IOException {
        this.out = out;
        this.digest = sha256();
        write(
                major.isAtLeast(17)
                        ? "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": " + systemIdentifier
                                + ",\n"
                        : "{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n");
        write("\"Files\": [");
    }

    /**
     * Adds a regular file.
     *
     * @param path relative to the data directory, parted by {@code /}
     * @param size in bytes
     * @param sha256 64 lower-case hexadecimal digits; empty if it is not known
     */
    public void file(String path, long size, Instant modified, Optional<String> sha256) throws IOException {
        ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(path));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        file(bytes, size, modified, sha256);
    }

    /** As {@link #file(String, long, Instant, Optional)}, for a name whose bytes may be no UTF-8. */
    public void file(byte[] path, long size, Instant modified, Optional<String> sha256) throws IOException {
        requireOpen();
        StringBuilder entry =
                new StringBuilder(256).append(first ? "\n" : ",\n").append("{ ");
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(path)).toString();
            entry.append("\"Path\": ");
            appendJson(entry, text);
        } catch (CharacterCodingException e) {
            entry.append("\"Encoded-Path\": \"")
                    .append(HexFormat.of().formatHex(path))
                    .append('"');
        }
        entry.append(", \"Size\": ").append(size);
        entry.append(", \"Last-Modified\": \"").append(GMT.format(modified)).append('"');
        sha256.ifPresent(hex -> entry.append(", \"Checksum-Algorithm\": \"SHA256\", \"Checksum\": \"")
                .append(hex)
                .append('"'));
        write(entry.append(" }").toString());
        first = false;
    }

    /** As {@code escape_json()} in {@code src/backend/utils/adt/json.c}. */
    private static void appendJson(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c < ' ') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** Ends the manifest: nothing can be added after it. Without it the file is no manifest. */
    public void finish(List<WalRange> wal) throws IOException {
        requireOpen();
        StringBuilder end = new StringBuilder("\n],\n\"WAL-Ranges\": [\n");
        for (int i = 0; i < wal.size(); i++) {
            WalRange range = wal.get(i);
            end.append(i == 0 ? "" : ",\n")
                    .append("{ \"Timeline\": ")
                    .append(range.timeline())
                    .append(", \"Start-LSN\": \"")
                    .append(range.start())
                    .append("\", \"End-LSN\": \"")
                    .append(range.end())
                    .append("\" }");
        }
        write(end.append("\n],\n").toString());
        // The checksum covers all that stands before its own line.
        out.write(("\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(digest.digest()) + "\"}\n").getBytes(UTF_8));
        finished = true;
    }

    private void requireOpen() {
        if (finished) {
            throw new IllegalStateException("the manifest is finished");
        }
    }

    private void write(String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        digest.update(bytes);
        out.write(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
