package org.pgpitr.storage.s3;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pgpitr.storage.Refusal;
import org.pgpitr.storage.Refusal.Cause;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;

/**
 * Whether a lock is why an object could not be deleted. A look at the object proves it, by what it says of retention and
 * legal hold, which needs the permission to see them; and so does a sentence that a service says of locks alone. Other
 * words prove nothing: a refusal for want of rights may speak of locks too, as the names of permissions and users do.
 */
final class S3Lock {
    private static final List<String> SENTENCES = List.of(
            // Amazon S3
            "access denied because object protected by object lock",
            // MinIO
            "object is worm protected");

    private static final Pattern WORDS = Pattern.compile(
            "\\b(object[ -]?lock(ed)?|worm|retention|legal hold|immutable)\\b", Pattern.CASE_INSENSITIVE);

    private S3Lock() {}

    /** @param said code and message of the refusal */
    static Refusal refusal(String said, HeadObjectResponse object) {
        boolean held = object.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON;
        Optional<Instant> until =
                Optional.ofNullable(object.objectLockRetainUntilDate()).filter(end -> lasts(end, object));
        if (held) {
            return new Refusal(Cause.HELD, Optional.empty());
        }
        return until.isPresent() || proves(said) ? new Refusal(Cause.LOCKED, until) : Refusal.DENIED;
    }

    private static boolean proves(String said) {
        String words = said.toLowerCase(Locale.ROOT);
        return SENTENCES.stream().anyMatch(words::contains);
    }

    /** Whether a refusal speaks of a lock, so that it is worth a look at the object. */
    static boolean mayConcern(String said) {
        return WORDS.matcher(said).find();
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
