package org.pgpitr.service.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.config.ByteSize;
import org.pgpitr.service.config.RepositorySettings;
import org.pgpitr.service.config.RepositoryUrl;
import org.pgpitr.service.config.S3Settings;
import org.pgpitr.service.config.Secret;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.local.LocalDiskStore;
import org.pgpitr.storage.metrics.MeteredStore;
import org.pgpitr.storage.retry.RetryPolicy;
import org.pgpitr.storage.retry.RetryingStore;
import org.pgpitr.storage.s3.S3Credentials;
import org.pgpitr.storage.s3.S3Store;
import org.pgpitr.storage.s3.S3StoreSettings;
import org.pgpitr.storage.s3.S3StoreSettings.Addressing;
import org.pgpitr.storage.s3.S3StoreSettings.ConditionalWrites;
import org.pgpitr.storage.s3.S3Timeouts;
import org.pgpitr.storage.s3.ServerSideEncryption;
import org.pgpitr.storage.throttle.ThrottledStore;
import org.pgpitr.storage.throttle.TransferLimits;

/** Opens the store of a repository, with its retries and limits. */
final class Stores {
    private static final Duration FIRST_DELAY = Duration.ofMillis(250);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(15);

    private Stores() {}

    /** Reaches nothing yet. The caller closes the store. */
    static ObjectStore open(RepositorySettings settings, Optional<MeterRegistry> metrics) {
        ObjectStore plain = plain(settings);
        return decorated(
                settings,
                metrics.<ObjectStore>map(registry -> new MeteredStore(plain, registry, settings.name()))
                        .orElse(plain));
    }

    private static ObjectStore plain(RepositorySettings settings) {
        if (settings.url() instanceof RepositoryUrl.Folder folder) {
            return new LocalDiskStore(folder.path());
        }
        return S3Store.open(s3((RepositoryUrl.S3) settings.url(), settings.s3()));
    }

    private static ObjectStore decorated(RepositorySettings settings, ObjectStore plain) {
        ObjectStore store = plain;
        if (settings.uploadRate().isPresent() || settings.downloadRate().isPresent()) {
            store = new ThrottledStore(
                    store, new TransferLimits(rate(settings.uploadRate()), rate(settings.downloadRate())));
        }
        return new RetryingStore(
                store, new RetryPolicy(settings.retryAttempts(), settings.retryTime(), FIRST_DELAY, LONGEST_DELAY));
    }

    private static OptionalLong rate(Optional<ByteSize> size) {
        return size.map(bytes -> OptionalLong.of(bytes.bytes())).orElse(OptionalLong.empty());
    }

    static S3StoreSettings s3(RepositoryUrl.S3 url, S3Settings settings) {
        return new S3StoreSettings(
                url.bucket(),
                url.prefix(),
                settings.endpoint(),
                settings.region(),
                settings.pathStyle().orElse(settings.endpoint().isPresent())
                        ? Addressing.PATH
                        : Addressing.VIRTUAL_HOST,
                settings.storageClass(),
                encryption(settings),
                credentials(settings),
                settings.caFile(),
                new S3Timeouts(settings.connectTimeout(), settings.readTimeout(), settings.callTimeout()),
                settings.conditionalWrites() ? ConditionalWrites.HONOURED : ConditionalWrites.NOT_USED);
    }

    private static ServerSideEncryption encryption(S3Settings settings) {
        if (settings.sse().isEmpty()) {
            return new ServerSideEncryption.BucketDefault();
        }
        return settings.sse().get().equals("AES256")
                ? new ServerSideEncryption.Aes256()
                : new ServerSideEncryption.Kms(settings.sseKmsKey());
    }

    private static S3Credentials credentials(S3Settings settings) {
        if (settings.profile().isPresent()) {
            return new S3Credentials.Profile(settings.profile().get());
        }
        if (settings.accessKeyId().isEmpty()) {
            return new S3Credentials.DefaultChain();
        }
        Optional<Secret> secret = settings.secretAccessKey()
                .or(() -> settings.secretAccessKeyFile().map(SecretFile::read));
        Optional<Secret> token =
                settings.sessionToken().or(() -> settings.sessionTokenFile().map(SecretFile::read));
        return new S3Credentials.Keys(
                settings.accessKeyId().get(),
                secret.orElseThrow(() -> new PgpitrException(
                                ExitCode.USAGE,
                                "there is no secret for access key "
                                        + settings.accessKeyId().get()))
                        .reveal(),
                token.map(Secret::reveal));
    }
}
