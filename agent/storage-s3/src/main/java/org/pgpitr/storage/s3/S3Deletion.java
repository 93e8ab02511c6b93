package org.pgpitr.storage.s3;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * Deletes up to a thousand objects a request; one by one where a look-alike does not know that request or wants a
 * checksum that the SDK no longer makes. A refusal that concerns an object counts if the object is really there. In a
 * bucket with versions a deletion puts a marker over what was there, and the answer says so.
 */
final class S3Deletion {
    private static final int BATCH = 1000;

    private static final Set<String> TRY_AGAIN =
            Set.of("InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "OperationAborted");

    private final S3StoreSettings settings;
    private final S3Connection connection;
    private final S3Errors errors;
    private final S3Refusals refusals;
    private volatile boolean batches = true;

    S3Deletion(
            S3StoreSettings settings,
            S3Connection connection,
            S3Errors errors,
            Function<ObjectKey, Optional<HeadObjectResponse>> look) {
        this.settings = settings;
        this.connection = connection;
        this.errors = errors;
        this.refusals = new S3Refusals(look, errors);
    }

    /**
     * What S3 said to a batch.
     *
     * @param refused code and message by object
     * @param markers how many deletion markers it has put
     */
    private record Answer(Map<ObjectKey, String> refused, long markers) {}

    DeleteResult delete(Collection<ObjectKey> keys) {
        List<ObjectKey> all = List.copyOf(new LinkedHashSet<>(keys));
        DeleteResult result = DeleteResult.COMPLETE;
        for (int from = 0; from < all.size(); from += BATCH) {
            Answer answer = deleteBatch(all.subList(from, Math.min(from + BATCH, all.size())));
            result = result.and(new DeleteResult(refusals.of(answer.refused), answer.markers));
        }
        return result;
    }

    private Answer deleteBatch(List<ObjectKey> keys) {
        if (batches) {
            try {
                return deleteTogether(keys);
            } catch (AwsServiceException e) {
                StorageException failure = errors.translate(tried(keys), e);
                if (isRefusal(e)) {
                    Map<ObjectKey, String> all = new LinkedHashMap<>();
                    keys.forEach(key -> all.put(key, said(e)));
                    return new Answer(all, 0);
                }
                if (failure.kind() != Kind.UNSUPPORTED && !S3Errors.code(e).equals("MissingContentMD5")) {
                    throw failure;
                }
                batches = false;
            } catch (RuntimeException e) {
                throw errors.translate(tried(keys), e);
            }
        }
        return deleteOneByOne(keys);
    }

    /** Of the objects, not of the credentials as such. */
    private static boolean isRefusal(AwsServiceException e) {
        return S3Errors.code(e).equals("AccessDenied") || e.statusCode() < 500 && S3Lock.mayConcern(said(e));
    }

    private static String said(AwsServiceException e) {
        return e.awsErrorDetails() == null
                ? ""
                : S3Errors.code(e) + ", " + e.awsErrorDetails().errorMessage();
    }

    private Answer deleteTogether(List<ObjectKey> keys) {
        Map<String, ObjectKey> open = new LinkedHashMap<>();
        keys.forEach(key -> open.put(settings.keyPrefix() + key, key));
        List<ObjectIdentifier> objects = open.keySet().stream()
                .map(key -> ObjectIdentifier.builder().key(key).build())
                .toList();
        DeleteObjectsResponse response = connection
                .client()
                .deleteObjects(request -> request.bucket(settings.bucket())
                        .delete(delete -> delete.objects(objects).quiet(false)));
        long markers = 0;
        for (DeletedObject deleted : response.deleted()) {
            if (open.remove(deleted.key()) != null && Boolean.TRUE.equals(deleted.deleteMarker())) {
                markers++;
            }
        }
        Map<ObjectKey, String> refused = new LinkedHashMap<>();
        for (S3Error error : response.errors()) {
            ObjectKey key = open.remove(error.key());
            if (TRY_AGAIN.contains(error.code())) {
                throw errors.failure(
                        Kind.UNAVAILABLE, "delete " + key, error.code() + ", " + error.message(), null, null);
            }
            if (key != null) {
                refused.put(key, error.code() + ", " + error.message());
            }
        }
        if (!open.isEmpty()) {
            throw errors.senseless(tried(keys), "the answer says nothing of " + open.size() + " of the objects");
        }
        return new Answer(refused, markers);
    }

    private Answer deleteOneByOne(List<ObjectKey> keys) {
        Map<ObjectKey, String> refused = new LinkedHashMap<>();
        long markers = 0;
        for (ObjectKey key : keys) {
            Answer answer = deleteAlone(key);
            refused.putAll(answer.refused);
            markers += answer.markers;
        }
        return new Answer(refused, markers);
    }

    private Answer deleteAlone(ObjectKey key) {
        try {
            boolean marker = Boolean.TRUE.equals(connection
                    .client()
                    .deleteObject(request -> request.bucket(settings.bucket()).key(settings.keyPrefix() + key))
                    .deleteMarker());
            return new Answer(Map.of(), marker ? 1 : 0);
        } catch (AwsServiceException e) {
            if (S3Errors.code(e).equals("NoSuchKey")) {
                return new Answer(Map.of(), 0);
            }
            if (isRefusal(e)) {
                return new Answer(Map.of(key, said(e)), 0);
            }
            throw errors.translate("delete " + key, e);
        } catch (RuntimeException e) {
            throw errors.translate("delete " + key, e);
        }
    }

    private static String tried(List<ObjectKey> keys) {
        return keys.size() == 1 ? "delete " + keys.get(0) : "delete " + keys.size() + " objects";
    }
}
