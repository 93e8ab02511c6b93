package org.pgpitr.storage.s3;

import java.util.Optional;

/** What S3 is asked to encrypt objects with at rest. */
public sealed interface ServerSideEncryption {
    /** Nothing is asked for: the bucket's default applies. */
    record BucketDefault() implements ServerSideEncryption {}

    /** Keys that S3 manages ({@code AES256}). */
    record Aes256() implements ServerSideEncryption {}

    /**
     * The key management service ({@code aws:kms}).
     *
     * @param key its identifier or ARN; empty: the account's key for S3
     */
    record Kms(Optional<String> key) implements ServerSideEncryption {}
}
