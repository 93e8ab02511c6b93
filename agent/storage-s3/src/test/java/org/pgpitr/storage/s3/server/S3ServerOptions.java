package org.pgpitr.storage.s3.server;

/**
 * What kind of S3 service to be.
 *
 * @param transport plain or TLS
 * @param conditions what becomes of conditional writes
 * @param bucket whether it is there at the start
 * @param versions whether the bucket keeps what is deleted or overwritten
 */
public record S3ServerOptions(Transport transport, Conditions conditions, Bucket bucket, Versions versions) {
    public enum Transport {
        HTTP,
        /** With a certificate of a CA made for this server. */
        HTTPS
    }

    public enum Conditions {
        HONOURED,
        /** As an old look-alike, that does not know the headers. Signatures are not checked then. */
        IGNORED,
        /** As a look-alike that answers 501. */
        REFUSED
    }

    public enum Bucket {
        CREATED,
        MISSING
    }

    public enum Versions {
        NONE,
        KEPT
    }

    public static S3ServerOptions standard() {
        return new S3ServerOptions(Transport.HTTP, Conditions.HONOURED, Bucket.CREATED, Versions.NONE);
    }

    public S3ServerOptions with(Transport newTransport) {
        return new S3ServerOptions(newTransport, conditions, bucket, versions);
    }

    public S3ServerOptions with(Conditions newConditions) {
        return new S3ServerOptions(transport, newConditions, bucket, versions);
    }

    public S3ServerOptions with(Bucket newBucket) {
        return new S3ServerOptions(transport, conditions, newBucket, versions);
    }

    public S3ServerOptions with(Versions newVersions) {
        return new S3ServerOptions(transport, conditions, bucket, newVersions);
    }
}
