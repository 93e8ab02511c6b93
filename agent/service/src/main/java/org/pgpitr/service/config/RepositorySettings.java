package org.pgpitr.service.config;

import java.time.Duration;
import java.util.Optional;

/**
 * A {@code [[repository]]}; what each means stands in {@link ConfigKeys}.
 *
 * @param name as configured, else its place in the file, counted from 1
 */
public record RepositorySettings(
        String name,
        RepositoryUrl url,
        S3Settings s3,
        int retryAttempts,
        Duration retryTime,
        Optional<ByteSize> uploadRate,
        Optional<ByteSize> downloadRate) {
    /** Empty if there is no URL, which is a problem that was told. */
    static Optional<RepositorySettings> from(SectionValues values) {
        return values.find(ConfigKeys.URL)
                .map(url -> new RepositorySettings(
                        values.find(ConfigKeys.REPOSITORY_NAME)
                                .orElse(Integer.toString(values.table().number())),
                        url,
                        S3Settings.from(values),
                        values.get(ConfigKeys.RETRY_ATTEMPTS),
                        values.get(ConfigKeys.RETRY_TIME),
                        values.find(ConfigKeys.UPLOAD_RATE),
                        values.find(ConfigKeys.DOWNLOAD_RATE)));
    }

    /** The same, but read from at no higher rate. */
    public RepositorySettings readAtMost(ByteSize rate) {
        ByteSize lower = downloadRate.filter(own -> own.compareTo(rate) < 0).orElse(rate);
        return new RepositorySettings(name, url, s3, retryAttempts, retryTime, uploadRate, Optional.of(lower));
    }
}
