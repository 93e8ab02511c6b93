package org.pgpitr.storage.s3;

import java.time.Instant;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.StorageException.Kind;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** One listing, page by page; a page that can't be whole is a failure, never the end. */
final class S3Listing {
    private final S3StoreSettings settings;
    private final S3Connection connection;
    private final S3Errors errors;
    private final ListVisitor visitor;
    private String last = "";

    S3Listing(S3StoreSettings settings, S3Connection connection, S3Errors errors, ListVisitor visitor) {
        this.settings = settings;
        this.connection = connection;
        this.errors = errors;
        this.visitor = visitor;
    }

    /** @param after S3's key to begin behind; null: from the beginning */
    void run(String prefix, String after) {
        String tried = "list " + prefix + "*";
        ListObjectsV2Request request = ListObjectsV2Request.builder()
                .bucket(settings.bucket())
                .prefix(settings.keyPrefix() + prefix)
                .startAfter(after)
                .build();
        while (true) {
            ListObjectsV2Response page = page(tried, request);
            for (S3Object object : page.contents()) {
                if (show(tried, object) == ListVisitor.Next.STOP) {
                    return;
                }
            }
            if (!page.isTruncated()) {
                return;
            }
            request = request.toBuilder()
                    .continuationToken(page.nextContinuationToken())
                    .build();
        }
    }

    private ListObjectsV2Response page(String tried, ListObjectsV2Request request) {
        ListObjectsV2Response page;
        try {
            page = connection.client().listObjectsV2(request);
        } catch (RuntimeException e) {
            throw errors.translate(tried, e);
        }
        if (page.isTruncated() == null || page.isTruncated() && page.nextContinuationToken() == null) {
            throw errors.senseless(tried, "the answer is no page of a listing");
        }
        return page;
    }

    /** What others have put there under names that no key has is passed over. */
    private ListVisitor.Next show(String tried, S3Object object) {
        if (object.key() == null || object.size() == null || !object.key().startsWith(settings.keyPrefix())) {
            throw errors.senseless(tried, "a listed object has no length or not the prefix asked for");
        }
        if (object.key().compareTo(last) <= 0) {
            throw errors.failure(
                    Kind.UNSUPPORTED,
                    tried,
                    "the store does not list in the order of the keys: " + object.key() + " after " + last,
                    null,
                    null);
        }
        last = object.key();
        String key = object.key().substring(settings.keyPrefix().length());
        if (!ObjectKey.isValid(key)) {
            return ListVisitor.Next.CONTINUE;
        }
        return visitor.visit(
                ObjectKey.of(key),
                new ObjectStat(
                        object.size(),
                        EntityTag.version(object.eTag() == null ? "" : object.eTag()),
                        object.lastModified() == null ? Instant.EPOCH : object.lastModified()));
    }
}
