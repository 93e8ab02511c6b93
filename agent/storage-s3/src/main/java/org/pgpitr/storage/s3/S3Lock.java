package org.pgpitr.storage.s3;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgpitr.storage.Refusal;
import org.pgpitr.storage.Refusal.Cause;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;

/**
 * Whether a lock is why an object could not be deleted: by the words of the refusal, which each service chooses
 * differently, or by what a look at the object says of its retention, which needs the permission to see it.
 */
final class S3Lock {
    private S3Lock() {}

    /** @param said code and message of the refusal */
    static Refusal refusal(String said, HeadObjectResponse object) {
        boolean held = object.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON;
        Optional<Instant> until =
                Optional.ofNullable(object.objectLockRetainUntilDate()).filter(end -> lasts(end, object));
        if (held) {
            return new Refusal(Cause.LOCKED, Optional.empty());
        }
        return until.isPresent() || tells(said) ? new Refusal(Cause.LOCKED, until) : Refusal.DENIED;
    }

    /** Whether a refusal speaks of a lock. */
    static boolean tells(String said) {
        String words = said.toLowerCase(Locale.ROOT);
        return Stream.of("object lock", "objectlock", "locked", "worm", "retention", "immutable", "legal hold")
                .anyMatch(words::contains);
    }

    /** By the service's own clock; an answer without one is believed. */
    private static boolean lasts(Instant end, HeadObjectResponse object) {
        return Optional.ofNullable(object.sdkHttpResponse())
                .flatMap(answer -> answer.firstMatchingHeader("Date"))
                .map(S3Lock::time)
                .map(end::isAfter)
                .orElse(true);
    }

    private static Instant time(String date) {
        try {
            return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeParseException e) {
            return Instant.MIN;
        }
    }
}
