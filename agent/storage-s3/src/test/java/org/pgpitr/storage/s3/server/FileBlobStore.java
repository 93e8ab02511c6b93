package org.pgpitr.storage.s3.server;

import com.google.common.hash.HashCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.gaul.s3proxy.blobstore.ContainerNotFoundException;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.HttpResponse;
import org.gaul.s3proxy.blobstore.HttpResponseException;
import org.gaul.s3proxy.blobstore.domain.Blob;
import org.gaul.s3proxy.blobstore.domain.BlobMetadata;
import org.gaul.s3proxy.blobstore.domain.PageSet;
import org.gaul.s3proxy.blobstore.domain.StorageMetadata;
import org.gaul.s3proxy.blobstore.options.GetOptions;
import org.gaul.s3proxy.blobstore.options.ListContainerOptions;
import org.gaul.s3proxy.blobstore.options.PutOptions;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.pgpitr.storage.s3.server.S3ServerOptions.Conditions;

/**
 * Keys in memory, bodies in numbered files, and beside each a file that says whose body it is, by whose renaming an object
 * comes into being: a server that is killed and begins again on its folder has all that it ever answered for, and nothing
 * half. S3Proxy's own stores look first and then write, show files that are still
 * being written, and take keys for paths; here conditions are decided atomically and keys are only bytes, as in S3.
 * Buckets are kept by the store beneath.
 */
final class FileBlobStore extends ForwardingBlobStore {
    private record Stored(Path file, long length, String eTag, Date modified, BlobMetadata given) {}

    private static final int PAGE = 1000;

    private final Path folder;
    private final Conditions conditions;
    private final ObjectLocks locks;
    private final AtomicLong files = new AtomicLong();
    private final NavigableMap<String, Stored> objects = new TreeMap<>();
    private final List<String> olderVersions = new ArrayList<>();

    FileBlobStore(Path folder, Conditions conditions, ObjectLocks locks) throws IOException {
        super(new TransientNio2BlobStore());
        this.folder = folder;
        this.conditions = conditions;
        this.locks = locks;
        for (ObjectFile kept : ObjectFile.all(folder)) {
            Stored stored =
                    new Stored(kept.body(), Files.size(kept.body()), kept.eTag(), kept.modified(), kept.metadata());
            delete(objects.put(kept.name(), stored));
            files.set(kept.number());
        }
    }

    private void requireBucket(String bucket) {
        if (!containerExists(bucket)) {
            throw new ContainerNotFoundException(bucket, "no such bucket");
        }
    }

    private static String name(String bucket, String key) {
        return bucket + "/" + key;
    }

    @Override
    public String putBlob(String bucket, Blob blob, PutOptions options) {
        requireBucket(bucket);
        boolean conditional = options.ifMatch() != null || options.ifNoneMatch() != null;
        if (conditional && conditions == Conditions.REFUSED) {
            throw new UnsupportedOperationException("conditional writes");
        }
        Stored stored = write(blob);
        synchronized (objects) {
            if (conditional) {
                requireCondition(objects.get(name(bucket, blob.getMetadata().name())), options, stored);
            }
            String name = name(bucket, blob.getMetadata().name());
            if (objects.containsKey(name) && locks.forbidsDeletion(name)) {
                delete(stored);
                throw new HttpResponseException(new HttpResponse(403));
            }
            ObjectFile.commit(stored.file, name, stored.eTag, stored.modified, stored.given);
            outlived(name, objects.put(name, stored));
        }
        return stored.eTag;
    }

    private void outlived(String name, Stored stored) {
        if (stored != null && locks.keepsVersions()) {
            olderVersions.add(name);
        } else {
            delete(stored);
        }
    }

    /** The names of those that were deleted or overwritten and are kept, one for each such version. */
    List<String> olderVersions() {
        synchronized (objects) {
            return List.copyOf(olderVersions);
        }
    }

    private static void requireCondition(Stored current, PutOptions options, Stored rejected) {
        if (options.ifNoneMatch() != null && current != null) {
            delete(rejected);
            throw new HttpResponseException(new HttpResponse(412));
        }
        if (options.ifMatch() != null
                && (current == null || !current.eTag.equals(options.ifMatch().replace("\"", "")))) {
            delete(rejected);
            throw new HttpResponseException(new HttpResponse(current == null ? 404 : 412));
        }
    }

    private Stored write(Blob blob) {
        Path file = folder.resolve(Long.toString(files.incrementAndGet()));
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            try (InputStream in = blob.getPayload();
                    OutputStream out = new DigestOutputStream(Files.newOutputStream(file), md5)) {
                in.transferTo(out);
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            byte[] digest = md5.digest();
            HashCode expected = blob.getMetadata().contentMetadata().contentMD5();
            if (expected != null && !expected.equals(HashCode.fromBytes(digest))) {
                Files.delete(file);
                throw new HttpResponseException(new HttpResponse(400));
            }
            Date modified = Date.from(Instant.now().truncatedTo(ChronoUnit.SECONDS));
            return new Stored(file, Files.size(file), HexFormat.of().formatHex(digest), modified, blob.getMetadata());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Stored stored) {
        try {
            if (stored != null) {
                ObjectFile.remove(stored.file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Blob getBlob(String bucket, String key, GetOptions options) {
        requireBucket(bucket);
        synchronized (objects) {
            Stored stored = objects.get(name(bucket, key));
            if (stored == null) {
                return null;
            }
            if (options.ranges().isEmpty()) {
                return blob(bucket, key, stored, 0, stored.length, null);
            }
            String[] range = options.ranges().get(0).split("-", 2);
            long first = Long.parseLong(range[0]);
            long last = range[1].isEmpty() ? stored.length - 1 : Long.parseLong(range[1]);
            if (first >= stored.length) {
                throw new HttpResponseException(new HttpResponse(416));
            }
            long end = Math.min(last + 1, stored.length);
            return blob(
                    bucket, key, stored, first, end - first, "bytes " + first + "-" + (end - 1) + "/" + stored.length);
        }
    }

    private static Blob blob(String bucket, String key, Stored stored, long from, long length, String range) {
        try {
            FileChannel channel = FileChannel.open(stored.file, StandardOpenOption.READ);
            channel.position(from);
            return Blob.builder(key)
                    .container(bucket)
                    .eTag(stored.eTag)
                    .lastModified(stored.modified)
                    .storageClass(stored.given.storageClass())
                    .contentType(stored.given.contentMetadata().contentType())
                    .userMetadata(stored.given.userMetadata())
                    .contentLength(length)
                    .contentRange(range)
                    .payload(com.google.common.io.ByteStreams.limit(Channels.newInputStream(channel), length))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public BlobMetadata blobMetadata(String bucket, String key) {
        requireBucket(bucket);
        synchronized (objects) {
            Stored stored = objects.get(name(bucket, key));
            return stored == null ? null : metadata(bucket, key, stored);
        }
    }

    private static BlobMetadata metadata(String bucket, String key, Stored stored) {
        return stored.given.toBuilder()
                .name(key)
                .container(bucket)
                .eTag(stored.eTag)
                .lastModified(stored.modified)
                .contentLength(stored.length)
                .build();
    }

    @Override
    public boolean blobExists(String bucket, String key) {
        return blobMetadata(bucket, key) != null;
    }

    @Override
    public PageSet<? extends StorageMetadata> list(String bucket, ListContainerOptions options) {
        requireBucket(bucket);
        int most = options.maxResults() == null ? PAGE : options.maxResults();
        String prefix = options.prefix() == null ? "" : options.prefix();
        String after = options.marker() == null ? "" : options.marker();
        List<StorageMetadata> page = new ArrayList<>();
        synchronized (objects) {
            String from = name(bucket, prefix.compareTo(after) > 0 ? prefix : after);
            for (Map.Entry<String, Stored> entry : objects.tailMap(from, true).entrySet()) {
                String key = entry.getKey()
                        .substring(Math.min(bucket.length() + 1, entry.getKey().length()));
                if (!entry.getKey().startsWith(name(bucket, prefix))) {
                    break;
                }
                if (key.equals(after)) {
                    continue;
                }
                if (page.size() == most) {
                    return new PageSet<>(page, page.get(most - 1).name());
                }
                page.add(metadata(bucket, key, entry.getValue()));
            }
        }
        return new PageSet<>(page, null);
    }

    @Override
    public void removeBlob(String bucket, String key) {
        requireBucket(bucket);
        synchronized (objects) {
            String name = name(bucket, key);
            if (objects.containsKey(name) && locks.forbidsDeletion(name)) {
                throw new HttpResponseException(new HttpResponse(403));
            }
            outlived(name, objects.remove(name));
        }
    }

    /** The answer is {@link ObjectLocks#reworded}. */
    @Override
    public void removeBlobs(String bucket, Iterable<String> keys) {
        for (String key : keys) {
            if (!locks.forbidsDeletion(name(bucket, key))) {
                removeBlob(bucket, key);
            }
        }
    }
}
