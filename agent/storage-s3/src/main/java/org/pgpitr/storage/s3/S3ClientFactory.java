package org.pgpitr.storage.s3;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.pgpitr.storage.s3.S3StoreSettings.Addressing;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;

/**
 * Builds the SDK's client: lean, so that a command starts quickly, and plain, so that look-alikes understand it. No
 * retries (they stand in one decorator), no multipart, no chunked signatures, no checksum trailers. Each body is signed
 * with its SHA-256, which S3 and its look-alikes all check: what they acknowledge is what was sent.
 */
final class S3ClientFactory {
    /** What a look-alike without a notion of regions expects to be signed for. */
    private static final Region FOR_LOOK_ALIKES = Region.US_EAST_1;

    /** More than anything here asks at a time, so that nobody waits for a connection. */
    private static final int CONNECTIONS = 384;

    /** The name may stand for another host by then: what lives for long must not go on asking the one before. */
    private static final Duration LONGEST_CONNECTION = Duration.ofSeconds(30);

    private final S3StoreSettings settings;

    S3ClientFactory(S3StoreSettings settings) {
        this.settings = settings;
    }

    /** To be closed after the client. */
    SdkHttpClient httpClient() {
        Apache5HttpClient.Builder http = Apache5HttpClient.builder()
                .maxConnections(CONNECTIONS)
                .connectionTimeToLive(LONGEST_CONNECTION)
                .connectionTimeout(settings.timeouts().connect())
                .socketTimeout(settings.timeouts().read());
        settings.caFile().ifPresent(file -> {
            TrustedCertificates trusted = TrustedCertificates.read(file);
            http.tlsTrustManagersProvider(trusted::trustManagers);
        });
        return http.build();
    }

    S3Client client(SdkHttpClient http) {
        S3ClientBuilder client = S3Client.builder()
                .httpClient(http)
                .credentialsProvider(credentials())
                .authSchemeProvider(signingBodies(S3AuthSchemeProvider.defaultProvider()))
                .defaultsMode(DefaultsMode.LEGACY)
                .dualstackEnabled(false)
                .fipsEnabled(false)
                .crossRegionAccessEnabled(false)
                .disableS3ExpressSessionAuth(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .chunkedEncodingEnabled(false)
                        .pathStyleAccessEnabled(settings.addressing() == Addressing.PATH)
                        .useArnRegionEnabled(false)
                        .build())
                .overrideConfiguration(override());
        settings.endpoint().ifPresent(client::endpointOverride);
        settings.region()
                .map(Region::of)
                .or(() -> settings.endpoint().map(endpoint -> FOR_LOOK_ALIKES))
                .ifPresent(client::region);
        return client.build();
    }

    private ClientOverrideConfiguration override() {
        ClientOverrideConfiguration.Builder override = ClientOverrideConfiguration.builder()
                .retryStrategy(AwsRetryStrategy.doNotRetry())
                .apiCallTimeout(settings.timeouts().call())
                .addExecutionInterceptor(new PageBodies())
                .compressionConfiguration(compression -> compression.requestCompressionEnabled(false));
        if (settings.credentials() instanceof S3Credentials.Profile profile) {
            override.defaultProfileName(profile.name());
        }
        if (settings.credentials() instanceof S3Credentials.Keys) {
            // Everything is given, so the files in ~/.aws are not read.
            Supplier<ProfileFile> none = () -> ProfileFile.aggregator().build();
            override.defaultProfileFileSupplier(none);
        }
        return override.build();
    }

    private AwsCredentialsProvider credentials() {
        S3Credentials credentials = settings.credentials();
        if (credentials instanceof S3Credentials.Keys keys) {
            return StaticCredentialsProvider.create(
                    keys.sessionToken().isPresent()
                            ? AwsSessionCredentials.create(
                                    keys.accessKey(),
                                    keys.secretKey(),
                                    keys.sessionToken().get())
                            : AwsBasicCredentials.create(keys.accessKey(), keys.secretKey()));
        }
        if (credentials instanceof S3Credentials.Profile profile) {
            return ProfileCredentialsProvider.create(profile.name());
        }
        return DefaultCredentialsProvider.builder().build();
    }

    /** The SDK leaves bodies unsigned over TLS; then nothing would check them from end to end. */
    private static S3AuthSchemeProvider signingBodies(S3AuthSchemeProvider sdk) {
        return request -> sdk.resolveAuthScheme(request).stream()
                .map(S3ClientFactory::signingBody)
                .toList();
    }

    private static AuthSchemeOption signingBody(AuthSchemeOption option) {
        return option.toBuilder()
                .putSignerProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, true)
                .putSignerProperty(AwsV4HttpSigner.CHUNK_ENCODING_ENABLED, false)
                .build();
    }

    /** What must never show in a message. */
    static List<String> secrets(S3Credentials credentials) {
        return credentials instanceof S3Credentials.Keys keys
                ? keys.sessionToken()
                        .map(token -> List.of(keys.secretKey(), token))
                        .orElseGet(() -> List.of(keys.secretKey()))
                : List.of();
    }
}
