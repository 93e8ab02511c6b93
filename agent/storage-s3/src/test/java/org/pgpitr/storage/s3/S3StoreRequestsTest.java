package org.pgpitr.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.s3.S3StoreSettings.Addressing;
import org.pgpitr.storage.s3.server.RecordedRequest;
import org.pgpitr.storage.s3.server.S3Server;
import org.pgpitr.storage.s3.server.S3ServerOptions;
import org.pgpitr.storage.s3.server.S3ServerOptions.Transport;

/** What goes over the wire for each setting. */
class S3StoreRequestsTest {
    private static final ObjectKey KEY = ObjectKey.of("main/1/object");

    private static S3Server plain;
    private static S3Server tls;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServers() {
        plain = S3Server.start();
        tls = S3Server.start(S3ServerOptions.standard().with(Transport.HTTPS));
    }

    @AfterAll
    static void stopServers() {
        plain.close();
        tls.close();
    }

    @BeforeEach
    void forget() {
        plain.door().forgetRequests();
        tls.door().forgetRequests();
    }

    /** Writes and reads an object, and gives the request that wrote it. */
    private static RecordedRequest roundTrip(S3Server server, S3StoreSettings settings) {
        byte[] bytes = new byte[300_000];
        try (S3Store store = S3Store.open(settings)) {
            store.delete(List.of(KEY));
            assertThat(store.putIfAbsent(KEY, Content.of(bytes))).isEqualTo(PutResult.CREATED);
            assertThat(store.stat(KEY)).isPresent();
            try (InputStream in = store.open(KEY).orElseThrow()) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
            store.list("main/1/o", (key, stat) -> {
                assertThat(key).isEqualTo(KEY);
                return Next.CONTINUE;
            });
            assertThat(store.delete(List.of(KEY)).isComplete()).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return server.door().requests().stream()
                .filter(request -> request.method().equals("PUT"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void path_style_names_the_bucket_in_the_path() {
        RecordedRequest put = roundTrip(plain, plain.settings("path"));
        assertThat(put.target()).startsWith("/pgpitr-test/path/main/1/object");
        assertThat(put.header("Host")).hasValue("localhost:" + plain.endpoint().getPort());
    }

    @Test
    void virtual_host_style_names_the_bucket_in_the_host() {
        RecordedRequest put = roundTrip(plain, plain.settings("host").withAddressing(Addressing.VIRTUAL_HOST));
        assertThat(put.target()).startsWith("/host/main/1/object");
        assertThat(put.header("Host"))
                .hasValue("pgpitr-test.localhost:" + plain.endpoint().getPort());
    }

    @Test
    void without_a_prefix_keys_are_used_as_they_are() {
        assertThat(roundTrip(plain, plain.settings("")).target()).startsWith("/pgpitr-test/main/1/object");
    }

    @Test
    void a_put_is_conditional_and_its_body_signed_in_one_piece() {
        for (S3Server server : List.of(plain, tls)) {
            RecordedRequest put = roundTrip(server, server.settings("signed"));
            assertThat(put.header("If-None-Match")).hasValue("*");
            assertThat(put.header("x-amz-content-sha256"))
                    .hasValueSatisfying(digest -> assertThat(digest).matches("[0-9a-f]{64}"));
            assertThat(put.header("Content-Length")).hasValue("300000");
            assertThat(put.header("Content-Encoding")).isEmpty();
            assertThat(put.header("x-amz-trailer")).isEmpty();
            assertThat(put.header("x-amz-sdk-checksum-algorithm")).isEmpty();
        }
    }

    @Test
    void a_ca_file_is_trusted_in_either_style() {
        roundTrip(tls, tls.settings("tls"));
        roundTrip(tls, tls.settings("tls").withAddressing(Addressing.VIRTUAL_HOST));
    }

    @Test
    void an_unknown_ca_is_not_trusted_and_not_asked_again() {
        S3StoreSettings settings = tls.settings("tls");
        S3StoreSettings untrusting = new S3StoreSettings(
                settings.bucket(),
                settings.prefix(),
                settings.endpoint(),
                settings.region(),
                settings.addressing(),
                settings.storageClass(),
                settings.serverSideEncryption(),
                settings.credentials(),
                Optional.empty(),
                settings.timeouts(),
                settings.conditionalWrites());
        try (S3Store store = S3Store.open(untrusting)) {
            StorageException failure = catchThrowableOfType(StorageException.class, () -> store.stat(KEY));
            assertThat(failure.kind()).isEqualTo(Kind.OTHER);
            assertThat(failure).hasMessageContaining("certificate is not trusted");
            assertThat(failure.hint())
                    .hasValueSatisfying(hint -> assertThat(hint).contains("CA certificates"));
        }
    }

    @Test
    void a_ca_file_that_is_none_is_named() throws IOException {
        Path missing = folder.resolve("missing.pem");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path other = Files.writeString(folder.resolve("other.pem"), "not a certificate");
        for (Path file : List.of(missing, empty, other)) {
            try (S3Store store = S3Store.open(tls.settings("tls").withCaFile(file))) {
                StorageException failure = catchThrowableOfType(StorageException.class, () -> store.stat(KEY));
                assertThat(failure.kind()).isEqualTo(Kind.OTHER);
                assertThat(failure).hasMessageContaining("the CA file " + file);
            }
        }
    }

    @Test
    void the_region_is_the_one_that_requests_are_signed_for() {
        assertThat(roundTrip(plain, plain.settings("region").withRegion("eu-central-2"))
                        .header("Authorization"))
                .hasValueSatisfying(value -> assertThat(value).contains("/eu-central-2/s3/aws4_request"));
        plain.door().forgetRequests();
        assertThat(roundTrip(plain, plain.settings("region")).header("Authorization"))
                .hasValueSatisfying(value -> assertThat(value).contains("/us-east-1/s3/aws4_request"));
    }

    @Test
    void nothing_is_asked_for_that_is_not_set() {
        RecordedRequest put = roundTrip(plain, plain.settings("default"));
        assertThat(put.headers().keySet())
                .doesNotContain("x-amz-storage-class")
                .noneMatch(header -> header.startsWith("x-amz-server-side-encryption"))
                .doesNotContain("x-amz-security-token");
    }

    @Test
    void the_storage_class_is_passed_on() {
        assertThat(roundTrip(plain, plain.settings("class").withStorageClass("STANDARD_IA"))
                        .header("x-amz-storage-class"))
                .hasValue("STANDARD_IA");
    }

    @Test
    void server_side_encryption_is_asked_for() {
        RecordedRequest aes =
                roundTrip(plain, plain.settings("sse").withServerSideEncryption(new ServerSideEncryption.Aes256()));
        assertThat(aes.header("x-amz-server-side-encryption")).hasValue("AES256");
        plain.door().forgetRequests();
        RecordedRequest kms = roundTrip(
                plain,
                plain.settings("sse").withServerSideEncryption(new ServerSideEncryption.Kms(Optional.of("key-1"))));
        assertThat(kms.header("x-amz-server-side-encryption")).hasValue("aws:kms");
        assertThat(kms.header("x-amz-server-side-encryption-aws-kms-key-id")).hasValue("key-1");
        plain.door().forgetRequests();
        RecordedRequest own = roundTrip(
                plain, plain.settings("sse").withServerSideEncryption(new ServerSideEncryption.Kms(Optional.empty())));
        assertThat(own.header("x-amz-server-side-encryption")).hasValue("aws:kms");
        assertThat(own.header("x-amz-server-side-encryption-aws-kms-key-id")).isEmpty();
    }

    @Test
    void connections_are_used_again() {
        try (S3Store store = S3Store.open(plain.settings("again"))) {
            for (int i = 0; i < 20; i++) {
                store.putIfAbsent(ObjectKey.of("k/" + i), Content.of(new byte[1000]));
            }
        }
        assertThat(plain.door().connections()).isLessThan(10);
    }

    @Test
    void settings_that_make_no_sense_are_refused() {
        assertThat(catchThrowableOfType(
                        IllegalArgumentException.class,
                        () -> plain.settings("a").withEndpoint(URI.create("https://user:secret@host"))))
                .hasMessage("an endpoint can't hold credentials");
        for (String endpoint : List.of("ftp://host", "localhost:9000", "https://host?x=y", "/path")) {
            assertThat(catchThrowableOfType(
                            IllegalArgumentException.class,
                            () -> plain.settings("a").withEndpoint(URI.create(endpoint))))
                    .hasMessageContaining(endpoint);
        }
        for (String prefix : List.of("/a", "a/", "a//b", "a b")) {
            assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> S3StoreSettings.of("bucket", prefix)))
                    .hasMessageContaining(prefix);
        }
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> S3StoreSettings.of("b/c", "")))
                .hasMessageContaining("b/c");
    }
}
