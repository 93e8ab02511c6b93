package org.pgpitr.it.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresBinaries;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.cli.demo.ServerUser;
import org.pgpitr.cli.demo.StopMode;

/**
 * Data directories that {@code initdb} made once in this JVM, to be copied, which takes a fraction of its time. All copies
 * of one have the same system identifier: two clusters that are to meet in one repository are made by {@code initdb}.
 * {@code template0}, a third of a young cluster's files, is not in them: to make, back up, restore, and delete it is most of
 * what a test of such a cluster would do.
 */
final class Templates {
    private record Kind(PostgresBinaries binaries, InitdbOptions options) {}

    private static final Map<Kind, Path> MADE = new ConcurrentHashMap<>();

    private Templates() {}

    /** Makes a server's data directory, as {@code initdb} does with these options. */
    static void make(PostgresInstance server, Programs programs, InitdbOptions options) {
        if (!(programs.host() instanceof ServerUser user)) {
            server.initdb(options); // a container sees the folder of its workspace alone
            return;
        }
        Path template = MADE.computeIfAbsent(new Kind(programs.binaries(), options), kind -> template(user, kind));
        Program copy = user.run(
                server.folder(),
                List.of("cp", "-a", template.toString(), server.dataDirectory().toString()));
        if (!copy.succeeded()) {
            throw new IllegalStateException("no copy of " + template + ": " + copy.output());
        }
    }

    private static Path template(ServerUser user, Kind kind) {
        try {
            Path folder = user.temporaryFolder("pgpitr-initdb-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Workspace.delete(folder)));
            PostgresInstance server = new PostgresInstance(kind.binaries(), user, folder).initdb(kind.options());
            server.start();
            server.execute(
                    "update pg_database set datistemplate = false where datname = 'template0'",
                    "drop database template0");
            return server.stop(StopMode.FAST).dataDirectory();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
