package org.pgpitr.it.kit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.pgpitr.cli.demo.Program;

/** A file system of its own that is soon full. Only root can make one; for others the test is skipped, and says so. */
public final class SmallDisk implements AutoCloseable {
    private static final String BALLAST = "ballast";

    private final Path place;

    private SmallDisk(Path place) {
        this.place = place;
    }

    /**
     * Mounted in a new folder of the servers' user.
     *
     * @param options of {@code tmpfs}, such as {@code size=4m}
     */
    public static SmallDisk mount(Workspace work, String name, String options) {
        Path place = work.folder(name);
        Program mount = run(List.of("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString()));
        assumeTrue(mount.succeeded(), "no small disk can be mounted here: " + mount.output());
        work.own(place);
        return new SmallDisk(place);
    }

    private static Program run(List<String> command) {
        return Program.run(command, Path.of("/"), System.getenv());
    }

    public Path place() {
        return place;
    }

    /** Moves a folder of a server that is stopped here, and leaves a link to it there. */
    public void hold(Path folder, Workspace work) throws IOException {
        List<String> copy = List.of("cp", "-a", folder + "/.", place.toString());
        if (!work.user().run(work.folder(), copy).succeeded()) {
            throw new IOException("can't copy " + folder + " to " + place);
        }
        Workspace.delete(folder);
        Files.createSymbolicLink(folder, place);
    }

    /** Leaves no room for content, and none for names either where their number is limited. */
    public void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(place.resolve(BALLAST), StandardOpenOption.CREATE)) {
            byte[] bytes = new byte[4096];
            while (true) {
                out.write(bytes);
            }
        } catch (IOException full) {
            for (int i = 0; i < 10_000; i++) {
                try {
                    Files.createFile(place.resolve(BALLAST + i));
                } catch (IOException alsoFull) {
                    return;
                }
            }
        }
    }

    /** Takes room until no more than so many bytes are left for content. */
    public void fillTo(long left) throws IOException {
        long free = Files.getFileStore(place).getUsableSpace();
        byte[] ballast = new byte[Math.toIntExact(Math.max(0, free - left))];
        Files.write(place.resolve(BALLAST), ballast);
    }

    public void makeRoom() throws IOException {
        Files.delete(place.resolve(BALLAST));
        for (int i = 0; Files.deleteIfExists(place.resolve(BALLAST + i)); i++) {
            continue;
        }
    }

    @Override
    public void close() {
        run(List.of("umount", "-l", place.toString()));
    }
}
