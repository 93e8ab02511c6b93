package org.pgpitr.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the tablespaces of a backup stand: {@code tablespace_map}, which a server reads when it starts from a backup
 * ({@code do_pg_backup_start()} in {@code src/backend/access/transam/xlog.c} writes it, {@code read_tablespace_map()}
 * in {@code xlogrecovery.c}, before 15 in {@code xlog.c}, reads it).
 *
 * <p>A line holds {@code <oid> <location>}. A backslash stands before a newline or carriage return that is part of the
 * location; since 14 before a backslash as well, so text and version belong together.
 *
 * @param entries in the file's order
 */
public record TablespaceMap(List<Entry> entries) {
    /** The file's path in a data directory. */
    public static final String PATH = "tablespace_map";

    /**
     * @param oid the tablespace's object identifier, 1 to 4294967295
     * @param location an absolute directory; inside the data directory, one relative to it
     */
    public record Entry(long oid, String location) {
        public Entry {
            if (oid < 1 || oid > 0xFFFF_FFFFL || location.isEmpty()) {
                throw new InvalidFormatException("not a tablespace: oid " + oid + ", location \"" + location + "\"");
            }
        }
    }

    public TablespaceMap {
        entries = List.copyOf(entries);
    }

    /**
     * Reads the file's text. Empty text is a map without entries.
     *
     * @param major of the server that wrote it
     * @throws InvalidFormatException for any other text
     */
    public static TablespaceMap parse(PostgresMajor major, String text) {
        List<Entry> entries = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && escapes(major, text.charAt(i + 1))) {
                line.append(text.charAt(++i));
            } else if (c == '\n' || c == '\r') {
                if (!line.isEmpty()) {
                    entries.add(entry(line.toString()));
                }
                line.setLength(0);
            } else {
                line.append(c);
            }
        }
        if (!line.isEmpty()) {
            throw new InvalidFormatException("tablespace_map ends within a line: \"" + line + "\"");
        }
        return new TablespaceMap(entries);
    }

    /** Whether a backslash before {@code next} is an escape rather than part of the location. */
    private static boolean escapes(PostgresMajor major, char next) {
        return next == '\n' || next == '\r' || major.isAtLeast(14);
    }

    private static Entry entry(String line) {
        int space = line.indexOf(' ');
        if (space < 1 || space > 10 || !line.substring(0, space).matches("[0-9]+")) {
            throw new InvalidFormatException("not a line of a tablespace_map: \"" + line + "\"");
        }
        return new Entry(Long.parseLong(line.substring(0, space)), line.substring(space + 1));
    }

    /** The file's text, as that version writes and reads it. */
    public String text(PostgresMajor major) {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry.oid()).append(' ');
            for (char c : entry.location().toCharArray()) {
                if (c == '\n' || c == '\r' || (c == '\\' && major.isAtLeast(14))) {
                    text.append('\\');
                }
                text.append(c);
            }
            text.append('\n');
        }
        return text.toString();
    }
}
