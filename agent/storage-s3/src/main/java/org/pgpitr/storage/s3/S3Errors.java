package org.pgpitr.storage.s3;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.pgpitr.storage.ContentStream;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in the store's words what the SDK and S3 said. */
final class S3Errors {
    private static final Set<String> RETRYABLE = Set.of(
            "SlowDown",
            "InternalError",
            "ServiceUnavailable",
            "RequestTimeout",
            "RequestTimeoutException",
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "TooManyRequests",
            "BandwidthLimitExceeded",
            "OperationAborted",
            "ConditionalRequestConflict",
            // Damaged on the way: the body is signed, so the next attempt is as good as the first.
            "BadDigest",
            "IncompleteBody",
            "XAmzContentSHA256Mismatch",
            "XAmzContentChecksumMismatch");

    private static final Set<String> DENIED = Set.of(
            "AccessDenied",
            "AllAccessDisabled",
            "AccountProblem",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "RequestTimeTooSkewed",
            "ExpiredToken",
            "InvalidToken",
            "TokenRefreshRequired",
            "InvalidSecurity",
            "NotSignedUp",
            "InvalidPayer");

    private static final Set<String> UNSUPPORTED = Set.of("NotImplemented", "MethodNotAllowed");

    private static final Set<String> FULL = Set.of(
            "QuotaExceeded",
            "EntityTooLarge",
            "InsufficientStorage",
            "InsufficientCapacity",
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded",
            "StorageFull");

    private static final Set<String> WRONG_REGION =
            Set.of("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException");

    private final String location;
    private final String reachedAt;
    private final String noCredentials;
    private final List<String> secrets;

    S3Errors(S3StoreSettings settings) {
        this.location = location(settings);
        this.reachedAt = settings.endpoint()
                .map(endpoint -> " (endpoint " + endpoint + ")")
                .orElse("");
        this.noCredentials = settings.credentials() instanceof S3Credentials.Profile profile
                ? "no credentials found for the profile " + profile.name()
                : "no credentials found in system properties, environment, web identity, ~/.aws, container or instance";
        this.secrets = S3ClientFactory.secrets(settings.credentials());
    }

    static String location(S3StoreSettings settings) {
        return "s3://" + settings.bucket() + (settings.prefix().isEmpty() ? "" : "/" + settings.prefix());
    }

    /** @param tried such as {@code store main/1/cluster.json} */
    StorageException translate(String tried, RuntimeException e) {
        if (e instanceof StorageException own) {
            return own;
        }
        Optional<ContentStream.SourceFailure> source = cause(e, ContentStream.SourceFailure.class);
        if (source.isPresent()) {
            return failure(Kind.SOURCE_FAILED, tried, source.get().getMessage(), null, e);
        }
        if (e instanceof AwsServiceException answer) {
            return translateAnswer(tried, answer);
        }
        if (e instanceof SdkException) {
            return translateSilence(tried, e);
        }
        throw e;
    }

    private StorageException translateAnswer(String tried, AwsServiceException e) {
        String code = code(e);
        int status = e.statusCode();
        if (code.equals("NoSuchBucket")) {
            return failure(Kind.NO_SUCH_LOCATION, tried, "the bucket does not exist" + said(e), "check its name", e);
        }
        if (WRONG_REGION.contains(code) || status == 301) {
            return failure(Kind.OTHER, tried, "the bucket is in another region" + said(e), rightRegion(e), e);
        }
        return failure(kind(code, status), tried, "S3 refused" + said(e), hint(code, tried), e);
    }

    private static Kind kind(String code, int status) {
        if (RETRYABLE.contains(code)) {
            return Kind.UNAVAILABLE;
        }
        if (FULL.contains(code) || status == 507) {
            return Kind.FULL;
        }
        if (code.equals("InvalidObjectState")) {
            return Kind.OTHER;
        }
        if (DENIED.contains(code) || status == 401 || status == 403) {
            return Kind.ACCESS_DENIED;
        }
        if (UNSUPPORTED.contains(code) || status == 501 || status == 405) {
            return Kind.UNSUPPORTED;
        }
        return status >= 500 || status == 408 || status == 409 || status == 429 || status == 307
                ? Kind.UNAVAILABLE
                : Kind.OTHER;
    }

    private static String hint(String code, String tried) {
        return switch (code) {
            case "RequestTimeTooSkewed" -> "set this host's clock: S3 accepts requests of the last 15 minutes only";
            case "InvalidAccessKeyId", "SignatureDoesNotMatch" -> "check access key and secret key";
            case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" -> "get new temporary credentials";
            case "AccessDenied" ->
                tried.startsWith("store") || tried.startsWith("delete")
                        ? "check the credentials' permissions and the bucket's policy"
                        : "check the credentials' permissions and the bucket's policy; without s3:ListBucket, S3 also "
                                + "refuses to say that an object does not exist";
            case "InvalidObjectState" -> "the object lies in an archive tier; ask S3 to restore it first";
            default -> null;
        };
    }

    private static String rightRegion(AwsServiceException e) {
        return Optional.ofNullable(e.awsErrorDetails())
                .flatMap(details -> details.sdkHttpResponse().firstMatchingHeader("x-amz-bucket-region"))
                .map(region -> "set region to " + region)
                .orElse("set region and endpoint to the bucket's own");
    }

    /** What S3 answered, for people and for its operators. */
    private static String said(AwsServiceException e) {
        String message =
                e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorMessage();
        StringBuilder said = new StringBuilder(": status ").append(e.statusCode());
        if (!code(e).isEmpty()) {
            said.append(' ').append(code(e));
        }
        if (message != null && !message.isBlank()) {
            said.append(", ").append(message.strip());
        }
        if (e.requestId() != null) {
            said.append(" (request ").append(e.requestId()).append(')');
        }
        return said.toString();
    }

    /** As S3 gave it; empty if the answer had none, such as that of a proxy. */
    static String code(AwsServiceException e) {
        return e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
                ? ""
                : e.awsErrorDetails().errorCode();
    }

    /** Nothing came that S3 said. */
    private StorageException translateSilence(String tried, RuntimeException e) {
        if (e instanceof AbortedException) {
            Thread.currentThread().interrupt();
            return failure(Kind.INTERRUPTED, tried, "interrupted", null, e);
        }
        if (e instanceof ApiCallTimeoutException || e instanceof ApiCallAttemptTimeoutException) {
            return failure(Kind.UNAVAILABLE, tried, "no answer in time" + reachedAt, null, e);
        }
        Optional<SSLException> tls = cause(e, SSLException.class);
        if (tls.isPresent()
                && cause(e, java.security.cert.CertificateException.class).isPresent()) {
            return failure(
                    Kind.OTHER,
                    tried,
                    "the server's certificate is not trusted" + reachedAt + ": "
                            + tls.get().getMessage(),
                    "name the file of its CA certificates in the repository's settings, and check the host name",
                    e);
        }
        Optional<IOException> network = cause(e, IOException.class);
        if (network.isPresent()) {
            return failure(Kind.UNAVAILABLE, tried, network(network.get()) + reachedAt, null, e);
        }
        String text = String.valueOf(e.getMessage());
        if (text.contains("credentials")) {
            return failure(
                    Kind.ACCESS_DENIED,
                    tried,
                    noCredentials,
                    "give access key and secret key, or a role to this host",
                    e);
        }
        if (text.contains("Unable to load region")) {
            return failure(Kind.OTHER, tried, "no region found", "set region in the repository's settings", e);
        }
        return failure(Kind.OTHER, tried, "the answer makes no sense" + reachedAt + ": " + text, null, e);
    }

    private static String network(IOException e) {
        if (e instanceof UnknownHostException) {
            return "the host name is not known, " + e.getMessage();
        }
        if (e instanceof SocketTimeoutException) {
            return "no answer in time, " + e.getMessage();
        }
        if (e instanceof ConnectException) {
            return "no connection, " + e.getMessage();
        }
        return "the connection broke, " + (e.getMessage() == null ? e.toString() : e.getMessage());
    }

    /** For an answer that is well-formed but can't be right. */
    StorageException senseless(String tried, String why) {
        return senseless(tried, why, null);
    }

    StorageException senseless(String tried, String why, Throwable cause) {
        return failure(
                Kind.OTHER,
                tried,
                why + reachedAt,
                "the address may not be that of an S3 service, or a proxy answers in its place",
                cause);
    }

    StorageException failure(Kind kind, String tried, String why, String hint, Throwable cause) {
        String message = "could not " + tried + " at " + location + ": " + why;
        for (String secret : secrets) {
            message = message.replace(secret, "***");
        }
        return new StorageException(kind, message, hint, cause);
    }

    private static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}
