package org.pgpitr.cluster;

import java.util.List;
import java.util.Optional;

/**
 * libpq's password file: a line {@code host:port:database:user:password} each, {@code *} for any, a backslash before
 * {@code :} and {@code \}; the first line that matches counts. Format: "The Password File" in PostgreSQL's manual,
 * {@code passwordFromFile} in {@code fe-connect.c}.
 */
final class PasswordFile {
    private final List<String> lines;

    PasswordFile(List<String> lines) {
        this.lines = List.copyOf(lines);
    }

    Optional<String> password(ConnectionSettings settings) {
        return lines.stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> password(line, settings))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> password(String line, ConnectionSettings settings) {
        // A socket's directory may stand as "localhost", which libpq takes for its default directory
        return after(line, settings.host())
                .or(() -> settings.isLocalSocket() ? after(line, "localhost") : Optional.empty())
                .flatMap(rest -> after(rest, Integer.toString(settings.port())))
                .flatMap(rest -> after(rest, settings.database()))
                .flatMap(rest -> after(rest, settings.user()))
                .map(PasswordFile::unescape);
    }

    /** What follows the first field and its colon if the field is {@code *} or {@code wanted}. */
    private static Optional<String> after(String line, String wanted) {
        int colon = colon(line);
        if (colon < 0) {
            return Optional.empty();
        }
        String field = line.substring(0, colon);
        return field.equals("*") || unescape(field).equals(wanted)
                ? Optional.of(line.substring(colon + 1))
                : Optional.empty();
    }

    private static int colon(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '\\') {
                i++;
            } else if (line.charAt(i) == ':') {
                return i;
            }
        }
        return -1;
    }

    private static String unescape(String field) {
        return field.replaceAll("(?s)\\\\(.)", "$1");
    }
}
