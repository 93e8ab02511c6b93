package org.pgpitr.it.kit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.IdentityFile;
import org.pgpitr.storage.s3.server.S3Server;

/** The configurations of the variants. */
public final class Repositories {
    private static final AtomicInteger PREFIX = new AtomicInteger();

    /** One server for all scenarios of this JVM; each has a prefix of its own. */
    private static final class SharedS3 {
        static final S3Server SERVER = S3Server.start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
        }
    }

    private Repositories() {}

    /** What makes a bucket the repository instead of the configuration's, with timeouts that fit a test. */
    public static Map<String, String> s3Variables(String endpoint, String prefix) {
        return Map.of(
                "PGPITR_REPOSITORY_URL",
                "s3://" + S3Server.BUCKET + "/" + prefix,
                "PGPITR_REPOSITORY_ENDPOINT",
                endpoint,
                "PGPITR_REPOSITORY_ACCESS_KEY_ID",
                S3Server.ACCESS_KEY,
                "PGPITR_REPOSITORY_SECRET_ACCESS_KEY",
                S3Server.SECRET_KEY,
                "PGPITR_REPOSITORY_RETRY_ATTEMPTS",
                "2",
                "PGPITR_REPOSITORY_CONNECT_TIMEOUT",
                "2s",
                "PGPITR_REPOSITORY_READ_TIMEOUT",
                "2s",
                "PGPITR_REPOSITORY_CALL_TIMEOUT",
                "5s");
    }

    /** The part of the configuration that says where the repository is, and its folder or keys in {@code home}. */
    static String toml(Workspace work, Variant variant, Path home) {
        StringBuilder toml = new StringBuilder("[[repository]]\n");
        switch (variant.place) {
            case DISK -> {
                Path folder = home.resolve("repository");
                if (!Files.exists(folder)) {
                    work.create(folder);
                }
                toml.append("url = \"file://").append(folder).append("\"\n");
            }
            case S3 ->
                toml.append("""
                    url = "s3://%s/it-%d"
                    endpoint = "%s"
                    access_key_id = "%s"
                    secret_access_key = "%s"
                    """.formatted(
                                S3Server.BUCKET,
                                PREFIX.incrementAndGet(),
                                SharedS3.SERVER.endpoint(),
                                S3Server.ACCESS_KEY,
                                S3Server.SECRET_KEY));
        }
        if (variant.protection == Variant.Protection.AGE) {
            Path file = home.resolve("identity.txt");
            AgeIdentity identity = IdentityFile.create(file, Optional.empty(), Clock.systemUTC());
            work.own(file);
            toml.append("""

                    [encryption]
                    recipients = ["%s"]
                    identity_file = "%s"
                    """.formatted(identity.recipient(), file));
        }
        return toml.toString();
    }
}
