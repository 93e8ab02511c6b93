package org.pgpitr.service.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The keys of a {@code [[repository]]} that only S3 has; what each means stands in {@link ConfigKeys}. */
public record S3Settings(
        Optional<URI> endpoint,
        Optional<String> region,
        Optional<Boolean> pathStyle,
        Optional<String> storageClass,
        Optional<String> sse,
        Optional<String> sseKmsKey,
        Optional<String> accessKeyId,
        Optional<Path> secretAccessKeyFile,
        Optional<Secret> secretAccessKey,
        Optional<Path> sessionTokenFile,
        Optional<Secret> sessionToken,
        Optional<String> profile,
        Optional<Path> caFile,
        boolean conditionalWrites,
        Duration connectTimeout,
        Duration readTimeout,
        Duration callTimeout) {
    static S3Settings from(SectionValues values) {
        return new S3Settings(
                values.find(ConfigKeys.ENDPOINT),
                values.find(ConfigKeys.REGION),
                values.find(ConfigKeys.PATH_STYLE),
                values.find(ConfigKeys.STORAGE_CLASS),
                values.find(ConfigKeys.SSE),
                values.find(ConfigKeys.SSE_KMS_KEY),
                values.find(ConfigKeys.ACCESS_KEY_ID),
                values.find(ConfigKeys.SECRET_ACCESS_KEY_FILE),
                values.find(ConfigKeys.SECRET_ACCESS_KEY),
                values.find(ConfigKeys.SESSION_TOKEN_FILE),
                values.find(ConfigKeys.SESSION_TOKEN),
                values.find(ConfigKeys.PROFILE),
                values.find(ConfigKeys.CA_FILE),
                values.get(ConfigKeys.CONDITIONAL_WRITES),
                values.get(ConfigKeys.CONNECT_TIMEOUT),
                values.get(ConfigKeys.READ_TIMEOUT),
                values.get(ConfigKeys.CALL_TIMEOUT));
    }
}
