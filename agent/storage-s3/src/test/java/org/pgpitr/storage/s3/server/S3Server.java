package org.pgpitr.storage.s3.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.blobstore.options.CreateContainerOptions;
import org.pgpitr.storage.s3.S3Credentials;
import org.pgpitr.storage.s3.S3StoreSettings;
import org.pgpitr.storage.s3.server.S3ServerOptions.Bucket;
import org.pgpitr.storage.s3.server.S3ServerOptions.Conditions;
import org.pgpitr.storage.s3.server.S3ServerOptions.Transport;

/**
 * S3Proxy on a loopback port, behind a {@link FrontDoor}. Checks signatures, keeps its objects in files, so that large
 * ones take no memory, and knows the bucket as {@code localhost/bucket} and as {@code bucket.localhost}.
 */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "pgpitr-test";
    public static final String ACCESS_KEY = "AKIDPGPITRTEST";
    public static final String SECRET_KEY = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY";

    private static final Set<String> CONDITIONS = Set.of("if-match", "if-none-match");

    private static final long LARGEST_OBJECT = 1L << 30;

    private final S3ServerOptions options;
    private final Path folder;
    private final boolean temporary;
    private final S3Proxy server;
    private final FrontDoor door;
    private final FileBlobStore store;

    private S3Server(
            S3ServerOptions options,
            Path folder,
            boolean temporary,
            S3Proxy server,
            FrontDoor door,
            FileBlobStore store) {
        this.options = options;
        this.folder = folder;
        this.temporary = temporary;
        this.server = server;
        this.door = door;
        this.store = store;
    }

    /** With {@link S3ServerOptions#standard()}. */
    public static S3Server start() {
        return start(S3ServerOptions.standard());
    }

    public static S3Server start(S3ServerOptions options) {
        try {
            return start(options, Files.createTempDirectory("s3-server-"), true, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * With what a server that was killed, at any moment, has kept in that folder; clients find it at that port.
     *
     * @param folder without anything in it for the first one
     * @param port 0 for any that is free
     */
    public static S3Server startAgain(Path folder, int port) {
        return start(S3ServerOptions.standard(), folder, false, port);
    }

    private static S3Server start(S3ServerOptions options, Path folder, boolean temporary, int port) {
        try {
            ObjectLocks locks = new ObjectLocks(options.versions());
            FileBlobStore store =
                    new FileBlobStore(Files.createDirectories(folder.resolve("objects")), options.conditions(), locks);
            if (options.bucket() == Bucket.CREATED) {
                store.createContainer(BUCKET, CreateContainerOptions.NONE);
            }
            S3Proxy server = S3Proxy.builder()
                    .blobStore(store)
                    .endpoint(URI.create("http://127.0.0.1:0"))
                    .awsAuthentication(authentication(options), ACCESS_KEY, SECRET_KEY)
                    .virtualHost("localhost")
                    .v4MaxNonChunkedRequestSize(LARGEST_OBJECT)
                    .ignoreUnknownHeaders(true)
                    .build();
            server.start();
            Optional<SelfMadeCertificates> certificates = Optional.empty();
            if (options.transport() == Transport.HTTPS) {
                certificates = Optional.of(SelfMadeCertificates.make());
                certificates.get().writeCa(folder.resolve("ca.pem"));
            }
            FrontDoor door = new FrontDoor(
                    port,
                    server.getPort(),
                    certificates.map(SelfMadeCertificates::server),
                    options.conditions() == Conditions.IGNORED ? CONDITIONS : Set.of(),
                    locks);
            return new S3Server(options, folder, temporary, server, door, store);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy did not start", e);
        }
    }

    /** The front door takes signed headers away when conditions are to be ignored, and the signature breaks. */
    private static AuthenticationType authentication(S3ServerOptions options) {
        return options.conditions() == Conditions.IGNORED ? AuthenticationType.NONE : AuthenticationType.AWS_V4;
    }

    /** Where clients go: {@code http(s)://localhost:port}. */
    public URI endpoint() {
        String scheme = options.transport() == Transport.HTTPS ? "https" : "http";
        return URI.create(scheme + "://localhost:" + door.port());
    }

    /** The PEM file that makes a client trust this server; there with {@link Transport#HTTPS} only. */
    public Path caFile() {
        return folder.resolve("ca.pem");
    }

    /** What was asked, and how to break it. */
    public FrontDoor door() {
        return door;
    }

    /** To lock objects. */
    public ObjectLocks locks() {
        return door.locks();
    }

    /** With {@link S3ServerOptions.Versions#KEPT}: how many older versions the bucket keeps under keys that contain this. */
    public long olderVersions(String partOfKey) {
        return store.olderVersions().stream()
                .filter(name -> name.contains(partOfKey))
                .count();
    }

    /** Path style, with the right keys and, for TLS, the right CA. */
    public S3StoreSettings settings(String prefix) {
        S3StoreSettings settings = S3StoreSettings.of(BUCKET, prefix)
                .withEndpoint(endpoint())
                .withAddressing(S3StoreSettings.Addressing.PATH)
                .withCredentials(new S3Credentials.Keys(ACCESS_KEY, SECRET_KEY, Optional.empty()));
        return options.transport() == Transport.HTTPS ? settings.withCaFile(caFile()) : settings;
    }

    @Override
    public void close() {
        try {
            door.close();
            server.stop();
            if (temporary) {
                deleteAll(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy did not stop", e);
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failed) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
