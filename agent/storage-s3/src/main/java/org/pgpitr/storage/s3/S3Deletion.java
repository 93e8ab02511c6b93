package org.pgpitr.storage.s3;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * Deletes up to a thousand objects a request; one by one where a look-alike does not know that request or wants a
 * checksum that the SDK no longer makes. A refusal that concerns an object is a survivor, if the object is really
 * there.
 */
final class S3Deletion {
    private static final int BATCH = 1000;

    private static final Set<String> TRY_AGAIN =
            Set.of("InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "OperationAborted");

    private final S3StoreSettings settings;
    private final S3Connection connection;
    private final S3Errors errors;
    private final Function<ObjectKey, Optional<ObjectStat>> stat;
    private volatile boolean batches = true;

    S3Deletion(
            S3StoreSettings settings,
            S3Connection connection,
            S3Errors errors,
            Function<ObjectKey, Optional<ObjectStat>> stat) {
        this.settings = settings;
        this.connection = connection;
        this.errors = errors;
        this.stat = stat;
    }

    Set<ObjectKey> delete(Collection<ObjectKey> keys) {
        List<ObjectKey> all = List.copyOf(new LinkedHashSet<>(keys));
        List<ObjectKey> refused = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH) {
            refused.addAll(deleteBatch(all.subList(from, Math.min(from + BATCH, all.size()))));
        }
        Set<ObjectKey> survivors = new LinkedHashSet<>();
        for (ObjectKey key : refused) {
            if (stat.apply(key).isPresent()) {
                survivors.add(key);
            }
        }
        return survivors;
    }

    private List<ObjectKey> deleteBatch(List<ObjectKey> keys) {
        if (batches) {
            try {
                return deleteTogether(keys);
            } catch (AwsServiceException e) {
                StorageException failure = errors.translate(tried(keys), e);
                if (isDenied(e)) {
                    return keys;
                }
                if (failure.kind() != Kind.UNSUPPORTED && !S3Errors.code(e).equals("MissingContentMD5")) {
                    throw failure;
                }
                batches = false;
            } catch (RuntimeException e) {
                throw errors.translate(tried(keys), e);
            }
        }
        return keys.stream().filter(this::isRefused).toList();
    }

    /** Of the objects, not of the credentials as such. */
    private static boolean isDenied(AwsServiceException e) {
        return S3Errors.code(e).equals("AccessDenied");
    }

    private List<ObjectKey> deleteTogether(List<ObjectKey> keys) {
        Map<String, ObjectKey> open = new LinkedHashMap<>();
        keys.forEach(key -> open.put(settings.keyPrefix() + key, key));
        List<ObjectIdentifier> objects = open.keySet().stream()
                .map(key -> ObjectIdentifier.builder().key(key).build())
                .toList();
        DeleteObjectsResponse response = connection
                .client()
                .deleteObjects(request -> request.bucket(settings.bucket())
                        .delete(delete -> delete.objects(objects).quiet(false)));
        response.deleted().forEach(deleted -> open.remove(deleted.key()));
        List<ObjectKey> refused = new ArrayList<>();
        for (S3Error error : response.errors()) {
            ObjectKey key = open.remove(error.key());
            if (TRY_AGAIN.contains(error.code())) {
                throw errors.failure(
                        Kind.UNAVAILABLE, "delete " + key, error.code() + ", " + error.message(), null, null);
            }
            if (key != null) {
                refused.add(key);
            }
        }
        if (!open.isEmpty()) {
            throw errors.senseless(tried(keys), "the answer says nothing of " + open.size() + " of the objects");
        }
        return refused;
    }

    private boolean isRefused(ObjectKey key) {
        try {
            connection
                    .client()
                    .deleteObject(request -> request.bucket(settings.bucket()).key(settings.keyPrefix() + key));
            return false;
        } catch (AwsServiceException e) {
            if (S3Errors.code(e).equals("NoSuchKey")) {
                return false;
            }
            if (isDenied(e)) {
                return true;
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
