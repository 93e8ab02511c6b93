package org.pgpitr.it.kit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.IdentityFile;
import org.pgpitr.storage.s3.server.S3Server;

/** The configurations of the variants. */
final class Repositories {
    private static final AtomicInteger PREFIX = new AtomicInteger();

    /** One server for all scenarios of this JVM; each has a prefix of its own. */
    private static final class SharedS3 {
        static final S3Server SERVER = S3Server.start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
        }
    }

    private Repositories() {}

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
