package org.pgpitr.it.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.pgpitr.cli.demo.PostgresBinaries;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.ServerUser;
import org.pgpitr.cli.demo.Trees;

/**
 * A temporary folder that the servers' user owns, and the servers in it; closing stops them and deletes it all. With
 * {@code -Dpgpitr.keep=true} the folder stays.
 */
public final class Workspace implements AutoCloseable {
    private static final ServerUser USER = ServerUser.ofThisProcess();

    private final Path folder;
    private final Deque<PostgresInstance> instances = new ArrayDeque<>();
    private final Map<Integer, ContainerHost> containers = new HashMap<>();
    private final Thread atExit = new Thread(this::stopAll);

    public Workspace() {
        try {
            folder = USER.temporaryFolder("pgpitr-it-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Whom the servers run as. */
    public ServerUser user() {
        return USER;
    }

    public Path folder() {
        return folder;
    }

    /** A new folder of the servers' user. */
    public Path folder(String name) {
        return create(folder.resolve(name));
    }

    /** Makes a folder of the servers' user. */
    Path create(Path path) {
        try {
            return USER.folder(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a file or tree to the servers' user. */
    public void own(Path path) {
        try {
            USER.own(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server that is stopped at the end; its folder is made unless it is there. */
    public PostgresInstance instance(String name, PostgresBinaries binaries) {
        return instance(name, Programs.installed(this, binaries));
    }

    /** As {@link #instance(String, PostgresBinaries)}, wherever the programs run. */
    public PostgresInstance instance(String name, Programs programs) {
        Path home = folder.resolve(name);
        PostgresInstance instance = new PostgresInstance(
                programs.binaries(), programs.host(), Files.isDirectory(home) ? home : folder(name));
        synchronized (instances) {
            instances.push(instance);
        }
        return instance;
    }

    /** A container of the official image that sees this workspace; one a major. */
    ContainerHost container(int major) {
        synchronized (instances) {
            return containers.computeIfAbsent(major, each -> ContainerHost.start(this, each));
        }
    }

    private void stopAll() {
        synchronized (instances) {
            instances.forEach(PostgresInstance::close);
            instances.clear();
            containers.values().forEach(ContainerHost::close);
            containers.clear();
        }
    }

    @Override
    public void close() {
        stopAll();
        Runtime.getRuntime().removeShutdownHook(atExit);
        if (!Boolean.getBoolean("pgpitr.keep")) {
            delete(folder);
        }
    }

    /** Deletes a file or folder and all beneath it. */
    public static void delete(Path tree) {
        try {
            Trees.delete(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
