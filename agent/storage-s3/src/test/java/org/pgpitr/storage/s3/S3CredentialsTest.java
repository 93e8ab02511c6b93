package org.pgpitr.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.s3.server.RecordedRequest;
import org.pgpitr.storage.s3.server.S3Server;

/**
 * Where the SDK finds credentials; each source is made here, as system properties can name them all. (That the chain
 * also reads the environment is the SDK's own business: a process can't change its environment.)
 */
class S3CredentialsTest {
    private static final ObjectKey KEY = ObjectKey.of("key");

    private static S3Server server;

    private final Map<String, String> before = new HashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer amazon;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() {
        server = S3Server.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void nothingIsFound() throws IOException {
        server.door().forgetRequests();
        amazon = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        amazon.start();
        set("aws.disableEc2Metadata", "true");
        set("aws.sharedCredentialsFile", folder.resolve("credentials").toString());
        set("aws.configFile", folder.resolve("config").toString());
        set("aws.region", "eu-north-1");
    }

    @AfterEach
    void restoreProperties() {
        amazon.stop(0);
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    private void set(String name, String value) {
        String was = System.setProperty(name, value);
        before.putIfAbsent(name, was);
    }

    private void answer(String path, String contentType, String body) {
        amazon.createContext(path, exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            respond(exchange, contentType, body);
        });
    }

    private static void respond(HttpExchange exchange, String contentType, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String amazonUrl() {
        return "http://localhost:" + amazon.getAddress().getPort();
    }

    private static S3StoreSettings settings(S3Credentials credentials) {
        return server.settings("credentials").withCredentials(credentials);
    }

    private static RecordedRequest ask(S3Credentials credentials) {
        try (S3Store store = S3Store.open(settings(credentials))) {
            assertThat(store.stat(KEY)).isEmpty();
        }
        return server.door().requests().get(0);
    }

    private static void assertSessionToken(RecordedRequest request, String token) {
        assertThat(request.header("x-amz-security-token")).hasValue(token);
        assertThat(request.header("Authorization"))
                .hasValueSatisfying(value -> assertThat(value).contains("Credential=" + S3Server.ACCESS_KEY + "/"));
    }

    @Test
    void no_credentials_anywhere_is_said_in_one_sentence() {
        try (S3Store store = S3Store.open(settings(new S3Credentials.DefaultChain()))) {
            StorageException failure = catchThrowableOfType(StorageException.class, () -> store.stat(KEY));
            assertThat(failure.kind()).isEqualTo(Kind.ACCESS_DENIED);
            assertThat(failure)
                    .hasMessage("could not look up key at s3://pgpitr-test/credentials: no credentials found in "
                            + "system properties, environment, web identity, ~/.aws, container or instance");
        }
    }

    @Test
    void given_keys_may_be_temporary() {
        assertSessionToken(
                ask(new S3Credentials.Keys(S3Server.ACCESS_KEY, S3Server.SECRET_KEY, Optional.of("a-token"))),
                "a-token");
    }

    @Test
    void the_chain_reads_system_properties() {
        set("aws.accessKeyId", S3Server.ACCESS_KEY);
        set("aws.secretAccessKey", S3Server.SECRET_KEY);
        set("aws.sessionToken", "from-properties");
        assertSessionToken(ask(new S3Credentials.DefaultChain()), "from-properties");
    }

    @Test
    void the_chain_reads_the_default_profile() throws IOException {
        Files.writeString(
                folder.resolve("credentials"),
                "[default]\naws_access_key_id = " + S3Server.ACCESS_KEY + "\naws_secret_access_key = "
                        + S3Server.SECRET_KEY + "\naws_session_token = from-profile\n");
        assertSessionToken(ask(new S3Credentials.DefaultChain()), "from-profile");
    }

    @Test
    void a_profile_is_chosen_by_name() throws IOException {
        Files.writeString(
                folder.resolve("credentials"),
                "[default]\naws_access_key_id = other\naws_secret_access_key = other\n\n[backup]\naws_access_key_id = "
                        + S3Server.ACCESS_KEY + "\naws_secret_access_key = " + S3Server.SECRET_KEY
                        + "\naws_session_token = from-backup\n");
        assertSessionToken(ask(new S3Credentials.Profile("backup")), "from-backup");
    }

    @Test
    void a_profile_that_does_not_exist_is_denied() {
        try (S3Store store = S3Store.open(settings(new S3Credentials.Profile("none")))) {
            StorageException failure = catchThrowableOfType(StorageException.class, () -> store.stat(KEY));
            assertThat(failure.kind()).isEqualTo(Kind.ACCESS_DENIED);
            assertThat(failure).hasMessageEndingWith("no credentials found for the profile none");
        }
    }

    @Test
    void the_chain_trades_a_web_identity_for_a_role() throws IOException {
        Files.writeString(folder.resolve("token"), "the-web-identity");
        set("aws.webIdentityTokenFile", folder.resolve("token").toString());
        set("aws.roleArn", "arn:aws:iam::123456789012:role/backup");
        set("aws.endpointUrlSts", amazonUrl());
        answer(
                "/",
                "text/xml",
                "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>"
                        + S3Server.ACCESS_KEY + "</AccessKeyId><SecretAccessKey>" + S3Server.SECRET_KEY
                        + "</SecretAccessKey><SessionToken>from-sts</SessionToken><Expiration>2099-01-01T00:00:00Z"
                        + "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                        + "</AssumeRoleWithWebIdentityResponse>");
        assertSessionToken(ask(new S3Credentials.DefaultChain()), "from-sts");
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0)).contains("WebIdentityToken=the-web-identity").contains("role%2Fbackup");
    }

    @Test
    void the_chain_takes_the_role_of_the_instance() {
        set("aws.disableEc2Metadata", "false");
        set("aws.ec2MetadataServiceEndpoint", amazonUrl());
        answer("/latest/api/token", "text/plain", "imds-token");
        answer("/latest/meta-data/iam/security-credentials/", "text/plain", "the-role");
        answer(
                "/latest/meta-data/iam/security-credentials/the-role",
                "application/json",
                "{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"" + S3Server.ACCESS_KEY
                        + "\",\"SecretAccessKey\":\"" + S3Server.SECRET_KEY
                        + "\",\"Token\":\"from-instance\",\"Expiration\":\"2099-01-01T00:00:00Z\"}");
        assertSessionToken(ask(new S3Credentials.DefaultChain()), "from-instance");
    }

    @Test
    void credentials_never_show() {
        S3Credentials keys = new S3Credentials.Keys("the-access-key", "the-secret-key", Optional.of("the-token"));
        assertThat(keys.toString() + settings(keys))
                .doesNotContain("the-access-key")
                .doesNotContain("the-secret-key")
                .doesNotContain("the-token");
    }
}
