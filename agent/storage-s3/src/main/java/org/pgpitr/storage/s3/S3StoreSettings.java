package org.pgpitr.storage.s3;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgpitr.storage.ObjectKey;

/**
 * Where and how to reach a bucket.
 *
 * @param bucket its name
 * @param prefix what all keys begin with, without slashes at its ends; may be empty
 * @param endpoint {@code http} or {@code https} address of a look-alike; empty: Amazon's for the region
 * @param region empty: {@code us-east-1} with an endpoint, else what the AWS SDK finds
 * @param addressing where the bucket's name stands
 * @param storageClass such as {@code STANDARD_IA}, passed on as it is; empty: the bucket's default
 * @param serverSideEncryption at rest
 * @param credentials who asks
 * @param caFile PEM file of the certificates to trust instead of Java's own
 * @param timeouts when S3 counts as not answering
 * @param conditionalWrites whether the store honours them
 */
public record S3StoreSettings(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        Optional<String> region,
        Addressing addressing,
        Optional<String> storageClass,
        ServerSideEncryption serverSideEncryption,
        S3Credentials credentials,
        Optional<Path> caFile,
        S3Timeouts timeouts,
        ConditionalWrites conditionalWrites) {
    /** Where the bucket's name stands in a request. */
    public enum Addressing {
        /** {@code https://endpoint/bucket/key}. */
        PATH,
        /** {@code https://bucket.endpoint/key}, Amazon's own way. */
        VIRTUAL_HOST
    }

    /** Whether the store decides races. */
    public enum ConditionalWrites {
        /** {@code If-None-Match} and {@code If-Match} on PUT, as Amazon has them. */
        HONOURED,
        /**
         * The store ignores or refuses them, and the user takes the risk: each put asks first whether the object is
         * there. Two hosts that put the same key at the same instant may both be told that they created it.
         */
        NOT_USED
    }

    public S3StoreSettings {
        if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,254}")) {
            throw new IllegalArgumentException("not the name of a bucket: \"" + bucket + "\"");
        }
        if (!prefix.isEmpty() && !ObjectKey.isValid(prefix)) {
            throw new IllegalArgumentException("not a prefix of keys: \"" + prefix + "\"");
        }
        endpoint.ifPresent(S3StoreSettings::requireEndpoint);
    }

    private static void requireEndpoint(URI endpoint) {
        // Not shown: it may hold a password, which has no place there.
        if (endpoint.getUserInfo() != null) {
            throw new IllegalArgumentException("an endpoint can't hold credentials");
        }
        if (!("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
                || endpoint.getHost() == null
                || endpoint.getQuery() != null
                || endpoint.getFragment() != null) {
            throw new IllegalArgumentException("not an endpoint, such as https://s3.example.com: \"" + endpoint + "\"");
        }
    }

    /** What S3's keys begin with. */
    String keyPrefix() {
        return prefix.isEmpty() ? "" : prefix + "/";
    }

    /** Amazon S3 with the SDK's own credential chain and region. */
    public static S3StoreSettings of(String bucket, String prefix) {
        return new S3StoreSettings(
                bucket,
                prefix,
                Optional.empty(),
                Optional.empty(),
                Addressing.VIRTUAL_HOST,
                Optional.empty(),
                new ServerSideEncryption.BucketDefault(),
                new S3Credentials.DefaultChain(),
                Optional.empty(),
                S3Timeouts.standard(),
                ConditionalWrites.HONOURED);
    }

    public S3StoreSettings withEndpoint(URI newEndpoint) {
        return with(copy -> copy.endpoint = Optional.of(newEndpoint));
    }

    public S3StoreSettings withRegion(String newRegion) {
        return with(copy -> copy.region = Optional.of(newRegion));
    }

    public S3StoreSettings withAddressing(Addressing newAddressing) {
        return with(copy -> copy.addressing = newAddressing);
    }

    public S3StoreSettings withStorageClass(String newStorageClass) {
        return with(copy -> copy.storageClass = Optional.of(newStorageClass));
    }

    public S3StoreSettings withServerSideEncryption(ServerSideEncryption newEncryption) {
        return with(copy -> copy.serverSideEncryption = newEncryption);
    }

    public S3StoreSettings withCredentials(S3Credentials newCredentials) {
        return with(copy -> copy.credentials = newCredentials);
    }

    public S3StoreSettings withCaFile(Path newCaFile) {
        return with(copy -> copy.caFile = Optional.of(newCaFile));
    }

    public S3StoreSettings withTimeouts(S3Timeouts newTimeouts) {
        return with(copy -> copy.timeouts = newTimeouts);
    }

    public S3StoreSettings withConditionalWrites(ConditionalWrites newConditionalWrites) {
        return with(copy -> copy.conditionalWrites = newConditionalWrites);
    }

    private S3StoreSettings with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return new S3StoreSettings(
                bucket,
                prefix,
                copy.endpoint,
                copy.region,
                copy.addressing,
                copy.storageClass,
                copy.serverSideEncryption,
                copy.credentials,
                copy.caFile,
                copy.timeouts,
                copy.conditionalWrites);
    }

    /** What can be changed. */
    private static final class Copy {
        private Optional<URI> endpoint;
        private Optional<String> region;
        private Addressing addressing;
        private Optional<String> storageClass;
        private ServerSideEncryption serverSideEncryption;
        private S3Credentials credentials;
        private Optional<Path> caFile;
        private S3Timeouts timeouts;
        private ConditionalWrites conditionalWrites;

        Copy(S3StoreSettings from) {
            endpoint = from.endpoint;
            region = from.region;
            addressing = from.addressing;
            storageClass = from.storageClass;
            serverSideEncryption = from.serverSideEncryption;
            credentials = from.credentials;
            caFile = from.caFile;
            timeouts = from.timeouts;
            conditionalWrites = from.conditionalWrites;
        }
    }
}
