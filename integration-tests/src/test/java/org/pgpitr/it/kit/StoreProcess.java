package org.pgpitr.it.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.s3.S3Credentials;
import org.pgpitr.storage.s3.S3Store;
import org.pgpitr.storage.s3.S3StoreSettings;
import org.pgpitr.storage.s3.server.S3Server;
import org.pgpitr.storage.s3.server.S3ServerMain;

/** An S3 protocol server as a process of its own, which can be killed and begins again with what it has kept. */
public final class StoreProcess implements AutoCloseable {
    /** Below the ports that the kernel gives to connections: it has to be free again after a kill. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 12_000;
    private static final String PREFIX = "crash";

    private final Path folder;
    private final int port;
    private Process process;

    private StoreProcess(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** A new one, without any object. */
    public static StoreProcess start(Workspace work) throws IOException {
        StoreProcess store =
                new StoreProcess(Files.createDirectory(work.folder().resolve("store")), freePort());
        store.start();
        return store;
    }

    private static int freePort() {
        while (true) {
            int port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                continue; // taken
            }
        }
    }

    /** Starts it and waits until it answers. */
    public void start() throws IOException {
        Path java = Path.of(System.getProperty("java.home")).resolve("bin").resolve("java");
        process = new ProcessBuilder(List.of(
                        java.toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        S3ServerMain.class.getName(),
                        folder.toString(),
                        Integer.toString(port)))
                .redirectError(folder.resolveSibling("store.log").toFile())
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String said = out.readLine();
        if (said == null || !said.startsWith("at ")) {
            throw new IOException("the store did not start: " + Files.readString(folder.resolveSibling("store.log")));
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** What makes it the repository of a configuration, with timeouts that fit a test. */
    public Map<String, String> variables() {
        return Repositories.s3Variables(endpoint(), PREFIX);
    }

    private String endpoint() {
        return "http://localhost:" + port;
    }

    /** Its objects as pgpitr sees them. */
    public ObjectStore open() {
        return S3Store.open(S3StoreSettings.of(S3Server.BUCKET, PREFIX)
                .withEndpoint(java.net.URI.create(endpoint()))
                .withAddressing(S3StoreSettings.Addressing.PATH)
                .withCredentials(new S3Credentials.Keys(S3Server.ACCESS_KEY, S3Server.SECRET_KEY, Optional.empty())));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
