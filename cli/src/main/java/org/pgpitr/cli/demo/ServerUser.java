package org.pgpitr.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/**
 * Whom PostgreSQL servers run as. PostgreSQL refuses to run as root: root's servers run as {@code postgres} if that user
 * exists, else as {@code nobody}; everybody else's run as themselves.
 */
public final class ServerUser implements ServerHost {
    private static final List<String> INSTEAD_OF_ROOT = List.of("postgres", "nobody");
    private static final Path ANYWHERE = Path.of("/");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final List<String> prefix;
    private final Optional<Ownership> ownership;

    private record Ownership(UserPrincipal user, GroupPrincipal group) {}

    private ServerUser(String name, List<String> prefix, Optional<Ownership> ownership) {
        this.name = name;
        this.prefix = prefix;
        this.ownership = ownership;
    }

    /**
     * The user that fits this process.
     *
     * @throws PgpitrException as root on a machine where no other user can be used
     */
    public static ServerUser ofThisProcess() {
        if (!capture("id", "-u").equals("0")) {
            return new ServerUser(capture("id", "-un"), List.of(), Optional.empty());
        }
        UserPrincipalLookupService lookup = ANYWHERE.getFileSystem().getUserPrincipalLookupService();
        for (String candidate : INSTEAD_OF_ROOT) {
            try {
                UserPrincipal user = lookup.lookupPrincipalByName(candidate);
                String group = capture("id", "-gn", candidate);
                Optional<List<String>> prefix = switchingTo(candidate, group);
                if (prefix.isPresent()) {
                    return new ServerUser(
                            candidate,
                            prefix.get(),
                            Optional.of(new Ownership(user, lookup.lookupPrincipalByGroupName(group))));
                }
            } catch (UserPrincipalNotFoundException absent) {
                // the next one may be there
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new PgpitrException(
                ExitCode.USAGE,
                "PostgreSQL can't run as root, and neither setpriv, runuser nor su could run it as another user",
                "run this as an ordinary user");
    }

    /** The first of the programs that switch users which is there and works. */
    private static Optional<List<String>> switchingTo(String user, String group) {
        List<List<String>> ways = List.of(
                List.of("setpriv", "--reuid=" + user, "--regid=" + group, "--init-groups", "--"),
                List.of("runuser", "-u", user, "--"),
                List.of("su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "--", user));
        return ways.stream().filter(ServerUser::works).findFirst();
    }

    private static boolean works(List<String> way) {
        try {
            List<String> command = new ArrayList<>(way);
            command.addAll(List.of("/bin/sh", "-c", "test \"$(id -u)\" != 0"));
            return Program.run(command, ANYWHERE, System.getenv()).succeeded();
        } catch (UncheckedIOException e) {
            return false; // this program is not installed; the next one may be
        }
    }

    private static String capture(String... command) {
        Program program = Program.run(List.of(command), ANYWHERE, System.getenv());
        if (!program.succeeded()) {
            throw new IllegalStateException(
                    String.join(" ", command) + ": " + program.output().strip());
        }
        return program.output().strip();
    }

    public String name() {
        return name;
    }

    /** Whether this process itself runs as another user (root). */
    public boolean isAnother() {
        return ownership.isPresent();
    }

    /** The command that runs {@code command} as this user. */
    public List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /**
     * The environment for what runs as this user: that of this process, without libpq's variables, in plain C locale,
     * with this JVM as {@code JAVA_HOME} if the user can reach it.
     */
    @Override
    public Map<String, String> environment(Path home) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.keySet().removeIf(variable -> variable.matches("PG[A-Z]+|LC_.*|LANGUAGE"));
        environment.put("LC_ALL", "C");
        if (isAnother()) {
            environment.put("HOME", home.toString());
            environment.put("USER", name);
            environment.put("LOGNAME", name);
        }
        Path java = Path.of(System.getProperty("java.home"));
        if (canRead(java.resolve("lib").resolve("modules"))) {
            environment.put("JAVA_HOME", java.toString());
        }
        return environment;
    }

    @Override
    public Program run(List<String> command, Path directory, Map<String, String> environment) {
        return Program.run(command(command), directory, environment);
    }

    /** Runs a program as this user to its end, with {@link #environment}. */
    public Program run(Path directory, List<String> command) {
        return run(command, directory, environment(directory));
    }

    /** Whether this user can read that file, its folders included. */
    public boolean canRead(Path file) {
        return isAnother()
                ? Program.run(command(List.of("test", "-r", file.toString())), ANYWHERE, System.getenv())
                        .succeeded()
                : Files.isReadable(file);
    }

    /** A new folder of this user, in the system's folder for temporary files, with a path short enough for sockets. */
    public Path temporaryFolder(String prefix) throws IOException {
        Path tmp = Path.of("/tmp");
        Path parent = (Files.isWritable(tmp) ? tmp : Path.of(System.getProperty("java.io.tmpdir"))).toRealPath();
        while (true) {
            Path folder = parent.resolve(prefix + Integer.toString(RANDOM.nextInt(1 << 30), 36));
            try {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                continue;
            }
            give(folder);
            return folder;
        }
    }

    /** Creates a folder of this user, whose parent exists. */
    public Path folder(Path folder) throws IOException {
        Files.createDirectory(folder);
        give(folder);
        return folder;
    }

    /** Creates a file of this user that only it can read. */
    public Path file(Path file, String content) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
        give(file);
        return file;
    }

    /** Makes this user the owner of a file or folder and all beneath it. Links are not followed. */
    public void own(Path tree) throws IOException {
        if (isAnother()) {
            try (Stream<Path> all = Files.walk(tree)) {
                for (Path each : (Iterable<Path>) all::iterator) {
                    give(each);
                }
            }
        }
    }

    private void give(Path path) throws IOException {
        if (ownership.isPresent()) {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            view.setOwner(ownership.get().user());
            view.setGroup(ownership.get().group());
        }
    }
}
