package org.pgpitr.storage.s3;

import java.util.Optional;

/** Who asks. */
public sealed interface S3Credentials {
    /**
     * Keys that are given.
     *
     * @param sessionToken belongs to temporary keys
     */
    record Keys(String accessKey, String secretKey, Optional<String> sessionToken) implements S3Credentials {
        @Override
        public String toString() {
            return "Keys[secret]";
        }
    }

    /** A profile of the files in {@code ~/.aws}. */
    record Profile(String name) implements S3Credentials {}

    /**
     * What the AWS SDK finds: system properties, environment, web identity, {@code ~/.aws}, container, instance role.
     */
    record DefaultChain() implements S3Credentials {}
}
