package org.pgpitr.storage.s3;

import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ContentStream;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.s3.S3StoreSettings.ConditionalWrites;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Objects in an S3 bucket, each one PUT of up to 5 GB. Versions are entity tags.
 *
 * <p>"Absent" is said only on S3's own {@code NoSuchKey}: an answer to HEAD has no body that could tell a missing object
 * from a missing bucket or from a proxy's page, so a 404 there is asked again by GET. Calls are not repeated here;
 * {@code RetryingStore} does that.
 */
public final class S3Store implements ObjectStore {
    /** {@link S3Timeouts#call} is for each of these of content begun. */
    static final long TIMEOUT_UNIT = 16L << 20;

    private static final String CONTENT_TYPE = "application/octet-stream";

    private final S3StoreSettings settings;
    private final S3Connection connection;
    private final S3Errors errors;
    private final S3Deletion deletion;

    private S3Store(S3StoreSettings settings) {
        this.settings = settings;
        this.connection = new S3Connection(settings);
        this.errors = new S3Errors(settings);
        this.deletion = new S3Deletion(settings, connection, errors, this::look);
    }

    /** Nothing is asked of S3, and nothing of the SDK loaded, before the first call. */
    public static S3Store open(S3StoreSettings settings) {
        return new S3Store(settings);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return get("read", key, Optional.empty())
                .map(response -> body(response, response.response().contentLength(), key));
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        try {
            return get("read", key, Optional.of(header(range))).map(response -> ranged(response, range, key));
        } catch (RangeBehindTheEnd e) {
            return Optional.of(InputStream.nullInputStream());
        }
    }

    private static String header(ByteRange range) {
        String from = "bytes=" + range.offset() + "-";
        return range.length() > Long.MAX_VALUE - range.offset() ? from : from + (range.offset() + range.length() - 1);
    }

    private InputStream ranged(ResponseInputStream<GetObjectResponse> response, ByteRange range, ObjectKey key) {
        String given = response.response().contentRange();
        if (given == null ? range.offset() > 0 : !given.startsWith("bytes " + range.offset() + "-")) {
            response.abort();
            throw errors.senseless("read " + key, "another range than the one asked for was answered, " + given);
        }
        Long length = response.response().contentLength();
        return body(response, length == null ? null : Math.min(length, range.length()), key);
    }

    private InputStream body(ResponseInputStream<GetObjectResponse> response, Long length, ObjectKey key) {
        if (length == null || response.response().eTag() == null) {
            response.abort();
            throw errors.senseless("read " + key, "the answer has no length or no entity tag");
        }
        return new S3Body(response, length, settings.timeouts().call(), key + " at " + location());
    }

    /** S3 has no empty range: the object is there, and ends before it. */
    private static final class RangeBehindTheEnd extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Optional<ResponseInputStream<GetObjectResponse>> get(String verb, ObjectKey key, Optional<String> range) {
        try {
            return Optional.of(connection
                    .client()
                    .getObject(request ->
                            request.bucket(settings.bucket()).key(s3Key(key)).range(range.orElse(null))));
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404 && S3Errors.code(e).equals("NoSuchKey")) {
                return Optional.empty();
            }
            if (e.statusCode() == 416 && S3Errors.code(e).equals("InvalidRange")) {
                throw new RangeBehindTheEnd();
            }
            throw errors.translate(verb + " " + key, e);
        } catch (RuntimeException e) {
            throw errors.translate(verb + " " + key, e);
        }
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        return look(key)
                .map(response -> new ObjectStat(
                        response.contentLength(),
                        EntityTag.version(response.eTag()),
                        response.lastModified() == null ? Instant.EPOCH : response.lastModified()));
    }

    /** With length and entity tag; empty if S3 says that there is no such object. */
    private Optional<HeadObjectResponse> look(ObjectKey key) {
        try {
            return Optional.of(head(key));
        } catch (AwsServiceException e) {
            if (!existsByGet(key)) {
                return Optional.empty();
            }
        } catch (RuntimeException e) {
            throw errors.translate("look up " + key, e);
        }
        // It came into being meanwhile.
        try {
            return Optional.of(head(key));
        } catch (RuntimeException e) {
            throw errors.translate("look up " + key, e);
        }
    }

    private HeadObjectResponse head(ObjectKey key) {
        HeadObjectResponse response = connection
                .client()
                .headObject(request -> request.bucket(settings.bucket()).key(s3Key(key)));
        if (response.contentLength() == null || response.eTag() == null) {
            throw errors.senseless("look up " + key, "the answer has no length or no entity tag");
        }
        return response;
    }

    /** Asks in a way whose answer has a body, so that a refusal says what it is. */
    private boolean existsByGet(ObjectKey key) {
        try {
            Optional<ResponseInputStream<GetObjectResponse>> found = get("look up", key, Optional.of("bytes=0-0"));
            found.ifPresent(ResponseInputStream::abort);
            return found.isPresent();
        } catch (RangeBehindTheEnd e) {
            return true;
        }
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        String tried = "store " + key;
        if (settings.conditionalWrites() == ConditionalWrites.NOT_USED) {
            if (stat(key).isPresent()) {
                return PutResult.EXISTS;
            }
            PutObjectResponse unused = put(tried, key, content, request -> {});
            return PutResult.CREATED;
        }
        try {
            PutObjectResponse unused = put(tried, key, content, request -> request.ifNoneMatch("*"));
            return PutResult.CREATED;
        } catch (ConditionNotMet e) {
            return PutResult.EXISTS;
        }
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        String tried = "replace " + key;
        if (settings.conditionalWrites() == ConditionalWrites.NOT_USED) {
            return stat(key)
                    .filter(current -> current.version().equals(expected))
                    .map(current -> version(put(tried, key, content, request -> {})));
        }
        try {
            return Optional.of(
                    version(put(tried, key, content, request -> request.ifMatch(EntityTag.header(expected)))));
        } catch (ConditionNotMet e) {
            return Optional.empty();
        }
    }

    private static ObjectVersion version(PutObjectResponse response) {
        return EntityTag.version(response.eTag());
    }

    /** The object is there already, or is not what it should be. */
    private static final class ConditionNotMet extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private PutObjectResponse put(
            String tried, ObjectKey key, Content content, Consumer<PutObjectRequest.Builder> condition) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(settings.bucket())
                .key(s3Key(key))
                .overrideConfiguration(override -> override.apiCallTimeout(timeout(content)));
        settings.storageClass().ifPresent(request::storageClass);
        if (settings.serverSideEncryption() instanceof ServerSideEncryption.Aes256) {
            request.serverSideEncryption("AES256");
        } else if (settings.serverSideEncryption() instanceof ServerSideEncryption.Kms kms) {
            request.serverSideEncryption("aws:kms");
            kms.key().ifPresent(request::ssekmsKeyId);
        }
        condition.accept(request);
        try {
            PutObjectResponse response = connection
                    .client()
                    .putObject(
                            request.build(),
                            RequestBody.fromContentProvider(() -> source(content), content.length(), CONTENT_TYPE));
            if (response.eTag() == null) {
                throw errors.senseless(tried, "the answer has no entity tag");
            }
            return response;
        } catch (AwsServiceException e) {
            boolean gone = e.statusCode() == 404 && S3Errors.code(e).equals("NoSuchKey");
            if (gone || e.statusCode() == 412 && S3Errors.code(e).equals("PreconditionFailed")) {
                throw new ConditionNotMet();
            }
            throw errors.translate(tried, e);
        } catch (RuntimeException e) {
            throw errors.translate(tried, e);
        }
    }

    private static InputStream source(Content content) {
        try {
            return ContentStream.open(content);
        } catch (ContentStream.SourceFailure e) {
            throw new UncheckedIOException(e);
        }
    }

    private Duration timeout(Content content) {
        long unitsBegun = Math.max(1, (content.length() + TIMEOUT_UNIT - 1) / TIMEOUT_UNIT);
        return settings.timeouts().call().multipliedBy(unitsBegun);
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        new S3Listing(settings, connection, errors, visitor).run(prefix, null);
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        new S3Listing(settings, connection, errors, visitor).run(prefix, s3Key(after));
    }

    @Override
    public DeleteResult delete(Collection<ObjectKey> keys) {
        return deletion.delete(keys);
    }

    private String s3Key(ObjectKey key) {
        return settings.keyPrefix() + key;
    }

    @Override
    public String location() {
        return S3Errors.location(settings);
    }

    @Override
    public void close() {
        connection.close();
    }
}
