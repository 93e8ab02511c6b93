package org.pgpitr.service.restore;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.BackupManifestFile;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.TablespaceMap;
import org.pgpitr.repository.backup.PathNames;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.service.restore.RestoreOptions.Mode;

/** The files that differ from the backup's: what makes a server in the restored directory recover, and to where. */
final class RecoveryFiles {
    private static final String SETTINGS = "postgresql.auto.conf";
    private static final String RECOVERY_SIGNAL = "recovery.signal";
    private static final String STANDBY_SIGNAL = "standby.signal";

    private final RestoreTarget target;
    private final FileSyncer syncer;

    RecoveryFiles(RestoreTarget target, FileSyncer syncer) {
        this.target = target;
        this.syncer = syncer;
    }

    /** Makes a file that only the owner can read. */
    OutputStream create(String name) throws IOException {
        Path file = target.into().resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        target.owner().own(file);
        return Files.newOutputStream(file, StandardOpenOption.WRITE);
    }

    void settings(RecoveryPlan plan, RestoreOptions options) throws IOException {
        Path file = target.into().resolve(SETTINGS);
        String earlier = "";
        if (Files.exists(file)) {
            // whatever its encoding is, bytes survive
            earlier = RecoverySettings.withoutEarlier(Files.readString(file, StandardCharsets.ISO_8859_1));
        } else {
            create(SETTINGS).close();
        }
        String added = RecoverySettings.text(plan.target(), plan.path(), options);
        try (OutputStream out =
                Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(earlier.getBytes(StandardCharsets.ISO_8859_1));
            out.write(added.getBytes(StandardCharsets.UTF_8));
        }
        syncer.submit(file);
    }

    /**
     * Whether a file of the backup is not wanted: the one of a standby has a {@code standby.signal}, which is not what
     * the restored server shall become.
     */
    static boolean isLeftOut(String path) {
        return path.equals(RECOVERY_SIGNAL) || path.equals(STANDBY_SIGNAL);
    }

    void signal(Mode mode) throws IOException {
        String name = mode == Mode.STANDBY ? STANDBY_SIGNAL : RECOVERY_SIGNAL;
        create(name).close();
        syncer.submit(target.into().resolve(name));
    }

    /**
     * Puts the tablespaces' new places into {@code tablespace_map}: a server that starts from a backup makes its links
     * anew from this file ({@code read_tablespace_map} in {@code xlogrecovery.c}), whatever they were.
     */
    void tablespaceMap(PostgresMajor major, BackupManifestFile listing) throws IOException {
        Path file = target.into().resolve(TablespaceMap.PATH);
        if (!Files.exists(file)) {
            return;
        }
        // the map is bytes to PostgreSQL; as Latin-1 all of them survive
        TablespaceMap map = TablespaceMap.parse(major, Files.readString(file, StandardCharsets.ISO_8859_1));
        Map<Long, Path> places = target.tablespaces().all();
        List<TablespaceMap.Entry> entries = map.entries().stream()
                .map(entry -> Optional.ofNullable(places.get(entry.oid()))
                        .map(place -> new TablespaceMap.Entry(
                                entry.oid(),
                                new String(PathNames.bytes(PathNames.of(place)), StandardCharsets.ISO_8859_1)))
                        .orElse(entry))
                .toList();
        byte[] bytes = new TablespaceMap(entries).text(major).getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, bytes, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        syncer.submit(file);
        listing.file(
                TablespaceMap.PATH,
                bytes.length,
                Files.getLastModifiedTime(file).toInstant(),
                Optional.of(sha256(bytes)));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
