package org.pgpitr.it.kit;

import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgpitr.cli.demo.PostgresBinaries;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.cli.demo.ServerHost;
import org.pgpitr.postgres.PostgresMajor;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.ExecConfig;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A container of the official PostgreSQL image. It sees the workspace, the distribution under test and this JVM at the
 * paths they have here, and shares the network and the process numbers; so a server in it is reached, backed up and
 * killed as if it ran here.
 */
public final class ContainerHost implements ServerHost, AutoCloseable {
    private final GenericContainer<?> container;
    private final PostgresBinaries binaries;
    private final String user;

    private ContainerHost(GenericContainer<?> container, int major, String user) {
        this.container = container;
        this.binaries = new PostgresBinaries(
                Path.of("/usr/lib/postgresql/" + major + "/bin"), Integer.toString(major), new PostgresMajor(major));
        this.user = user;
    }

    /** Whether containers can be run on this machine. */
    public static boolean isEngineThere() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Pulls the image if need be, and starts a container that waits. */
    @SuppressWarnings("resource") // closed by close()
    public static ContainerHost start(Workspace work, int major) {
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse("postgres:" + major))
                .withCreateContainerCmdModifier(create -> {
                    HostConfig host = create.getHostConfig();
                    if (host != null) {
                        host.withPidMode("host");
                    }
                    create.withEntrypoint("sleep", "infinity");
                })
                .withNetworkMode("host");
        mount(container, work.folder(), BindMode.READ_WRITE);
        mount(container, TestDistribution.get().folder(), BindMode.READ_ONLY);
        Path java = Path.of(System.getProperty("java.home"));
        mount(container, java, BindMode.READ_ONLY);
        // Debian keeps a JDK's configuration and certificates there, and links to them.
        for (String linked : List.of("/etc/java-" + Runtime.version().feature() + "-openjdk", "/etc/ssl/certs/java")) {
            if (Files.isDirectory(Path.of(linked))) {
                mount(container, Path.of(linked), BindMode.READ_ONLY);
            }
        }
        container.start();
        return new ContainerHost(container, major, owner(work.folder()));
    }

    private static void mount(GenericContainer<?> container, Path folder, BindMode mode) {
        container.withFileSystemBind(folder.toString(), folder.toString(), mode);
    }

    /** The servers' user by its numbers: the image knows other names. */
    private static String owner(Path folder) {
        try {
            return Files.getAttribute(folder, "unix:uid") + ":" + Files.getAttribute(folder, "unix:gid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public PostgresBinaries binaries() {
        return binaries;
    }

    @Override
    public Program run(List<String> command, Path directory, Map<String, String> environment) {
        try {
            Container.ExecResult result = container.execInContainer(ExecConfig.builder()
                    .user(user)
                    .workDir(directory.toString())
                    .envVars(environment)
                    .command(command.toArray(String[]::new))
                    .build());
            return new Program(result.getExitCode(), result.getStdout() + result.getStderr());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Map<String, String> environment(Path home) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("HOME", home.toString());
        environment.put("LC_ALL", "C");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return environment;
    }

    @Override
    public void close() {
        container.close();
    }
}
