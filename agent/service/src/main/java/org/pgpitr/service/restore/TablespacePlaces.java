package org.pgpitr.service.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.backup.PathNames;
import org.pgpitr.repository.backup.Tablespace;

/**
 * Where each tablespace goes: where the user maps it, or where it was. A tablespace inside the data directory (with a
 * relative location, {@code allow_in_place_tablespaces}) needs no place of its own.
 */
final class TablespacePlaces {
    static final String LINKS = "pg_tblspc/";

    private final Map<Long, Path> places = new TreeMap<>();

    /**
     * @param into the data directory to be; empty while it is not known
     * @throws PgpitrException USAGE if the map names a tablespace that the backup doesn't have, or puts one where it
     *     can't be
     */
    TablespacePlaces(List<Tablespace> tablespaces, Map<String, Path> map, Optional<Path> into) {
        Map<String, Path> unused = new TreeMap<>(map);
        for (Tablespace tablespace : tablespaces) {
            Path byOid = unused.remove(Long.toString(tablespace.oid()));
            Path byName = unused.remove(tablespace.name());
            if (byOid != null && byName != null) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "tablespace \"" + tablespace.name() + "\" is mapped twice, by its name and by its number "
                                + tablespace.oid(),
                        "map it once");
            }
            Path mapped = byOid != null ? byOid : byName;
            Path original = PathNames.path(tablespace.location());
            if (mapped != null || original.isAbsolute()) {
                place(
                        tablespace,
                        (mapped != null ? mapped : original).toAbsolutePath().normalize(),
                        into);
            }
        }
        if (!unused.isEmpty()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the backup has no tablespace \""
                            + unused.keySet().iterator().next() + "\"",
                    tablespaces.isEmpty()
                            ? "it has none besides the data directory; leave --tablespace-map out"
                            : "it has "
                                    + tablespaces.stream()
                                            .map(t -> t.name() + " (" + t.oid() + ", was at " + t.location() + ")")
                                            .collect(Collectors.joining(", ")));
        }
    }

    private void place(Tablespace tablespace, Path place, Optional<Path> into) {
        if (into.isPresent() && overlap(place, into.get())) {
            throw cannotStand(tablespace, place, "which is in the data directory or holds it");
        }
        for (Path other : places.values()) {
            if (overlap(place, other)) {
                throw cannotStand(tablespace, place, "where another tablespace goes");
            }
        }
        places.put(tablespace.oid(), place);
    }

    private static boolean overlap(Path one, Path other) {
        Path first = real(one);
        Path second = real(other);
        return first.startsWith(second) || second.startsWith(first);
    }

    /** The path without symbolic links, as far as it exists. */
    private static Path real(Path path) {
        for (Path existing = path; existing != null; existing = existing.getParent()) {
            if (Files.exists(existing)) {
                try {
                    return existing.toRealPath().resolve(existing.relativize(path));
                } catch (IOException e) {
                    throw LocalFailure.of(e);
                }
            }
        }
        return path;
    }

    private static PgpitrException cannotStand(Tablespace tablespace, Path place, String why) {
        return new PgpitrException(
                ExitCode.USAGE,
                "tablespace \"" + tablespace.name() + "\" can't go to " + place + ", " + why,
                "give it a directory of its own with --tablespace-map " + tablespace.name() + "=DIR");
    }

    /** By oid. */
    Map<Long, Path> all() {
        return Map.copyOf(places);
    }

    /** All directories, each once. */
    List<Path> directories() {
        return new ArrayList<>(new TreeSet<>(places.values()));
    }

    /** The place of the tablespace that {@code path}, such as {@code pg_tblspc/16385/PG_17_…}, lies in; empty for the data directory. */
    Optional<Path> placeOf(String path) {
        if (!path.startsWith(LINKS)) {
            return Optional.empty();
        }
        int end = path.indexOf('/', LINKS.length());
        String oid = path.substring(LINKS.length(), end < 0 ? path.length() : end);
        return oid.matches("[0-9]{1,10}") ? Optional.ofNullable(places.get(Long.parseLong(oid))) : Optional.empty();
    }

    /** What follows {@code pg_tblspc/<oid>/}; {@code .} for the tablespace itself. */
    static String within(String path) {
        int end = path.indexOf('/', LINKS.length());
        return end < 0 ? "." : path.substring(end + 1);
    }
}
