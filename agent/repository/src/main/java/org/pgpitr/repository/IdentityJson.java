package org.pgpitr.repository;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.storage.ObjectKey;

/** {@code cluster.json}. */
final class IdentityJson {
    private IdentityJson() {}

    static byte[] write(ClusterIdentity identity) {
        return ("{\"format\":" + identity.formatVersion()
                        + ",\"generation\":" + identity.generation()
                        + ",\"system_identifier\":\"" + identity.systemIdentifier()
                        + "\",\"postgresql\":" + identity.major()
                        + ",\"segment_size\":" + identity.segmentSize().bytes()
                        + ",\"encryption\":\"" + identity.encryption().name().toLowerCase(Locale.ROOT)
                        + "\",\"created\":\"" + identity.created()
                        + "\"}\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** @throws PgpitrException USAGE if a newer version wrote it; CORRUPT */
    static ClusterIdentity read(ObjectKey key, byte[] json) {
        try {
            Map<String, Object> fields = FlatJson.parse(json);
            long format = FlatJson.number(fields, "format");
            if (format > ClusterIdentity.FORMAT_VERSION) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "the repository is of format " + format + ", and this version of pgpitr knows formats up to "
                                + ClusterIdentity.FORMAT_VERSION,
                        "use a newer version of pgpitr");
            }
            return new ClusterIdentity(
                    Math.toIntExact(format),
                    Math.toIntExact(FlatJson.number(fields, "generation")),
                    SystemIdentifier.parse(FlatJson.text(fields, "system_identifier")),
                    new PostgresMajor(Math.toIntExact(FlatJson.number(fields, "postgresql"))),
                    new WalSegmentSize(Math.toIntExact(FlatJson.number(fields, "segment_size"))),
                    encryption(FlatJson.text(fields, "encryption")),
                    Instant.parse(FlatJson.text(fields, "created")));
        } catch (IllegalArgumentException | InvalidFormatException | ArithmeticException | DateTimeException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "object " + key + " is damaged: it does not tell whose cluster this is (" + e.getMessage() + ")",
                    "put the object back from another copy of the repository; everything else depends on it",
                    e);
        }
    }

    private static Encryption encryption(String text) {
        return switch (text) {
            case "none" -> Encryption.NONE;
            case "age" -> Encryption.AGE;
            default -> throw new IllegalArgumentException("unknown encryption \"" + text + "\"");
        };
    }
}
