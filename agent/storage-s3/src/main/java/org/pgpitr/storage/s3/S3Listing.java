package org.pgpitr.storage.s3;

import java.io.EOFException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.stream.XMLStreamException;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.StorageException.Kind;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

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
        Set<String> places = new HashSet<>(); // at which it went on since the last object
        while (true) {
            ListPage page = page(tried, request);
            if (!page.objects().isEmpty()) {
                places.clear();
            }
            for (ListedObject object : page.objects()) {
                if (show(tried, object) == ListVisitor.Next.STOP) {
                    return;
                }
            }
            if (page.next().isEmpty()) {
                return;
            }
            if (!places.add(page.next().get())) {
                throw errors.senseless(tried, "the listing goes on where it has been before, without an end");
            }
            request = request.toBuilder().continuationToken(page.next().get()).build();
        }
    }

    private ListPage page(String tried, ListObjectsV2Request request) {
        AtomicReference<byte[]> body = new AtomicReference<>(new byte[0]);
        try {
            ListObjectsV2Response unused = connection
                    .client()
                    .listObjectsV2(request.toBuilder()
                            .overrideConfiguration(override -> override.putExecutionAttribute(PageBodies.BODY, body))
                            .build());
        } catch (RuntimeException e) {
            throw errors.translate(tried, e);
        }
        try {
            return ListPageParser.parse(body.get());
        } catch (EOFException e) {
            throw errors.failure(Kind.UNAVAILABLE, tried, e.getMessage(), null, e);
        } catch (XMLStreamException e) {
            throw errors.senseless(tried, "the answer is no page of a listing", e);
        }
    }

    /** What others have put there under names that no key has is passed over. */
    private ListVisitor.Next show(String tried, ListedObject object) {
        if (!object.key().startsWith(settings.keyPrefix())) {
            throw errors.senseless(tried, "a listed object has not the prefix asked for");
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
                ObjectKey.of(key), new ObjectStat(object.length(), EntityTag.version(object.tag()), object.modified()));
    }
}
