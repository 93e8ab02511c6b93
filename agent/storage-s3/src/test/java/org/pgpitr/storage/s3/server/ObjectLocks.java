package org.pgpitr.storage.s3.server;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.pgpitr.storage.s3.server.S3ServerOptions.Versions;

/**
 * Retention of objects, as S3 has it. Without versions, a locked object is neither deleted nor overwritten; with them
 * each deletion succeeds, puts a marker, and takes nothing away. A lock is there until the test ends it.
 */
public final class ObjectLocks {
    private static final Pattern DELETED = Pattern.compile("<Deleted><Key>(.*?)</Key></Deleted>");

    private final Versions versions;
    private final Map<String, Instant> locks = new ConcurrentHashMap<>();

    ObjectLocks(Versions versions) {
        this.versions = versions;
    }

    /** Locks what is or will be there under keys that contain this. */
    public void lock(String partOfKey, Instant until) {
        locks.put(partOfKey, until);
    }

    /** The locks have ended. */
    public void end() {
        locks.clear();
    }

    boolean keepsVersions() {
        return versions == Versions.KEPT;
    }

    boolean forbidsDeletion(String key) {
        return !keepsVersions() && until(key).isPresent();
    }

    Optional<Instant> until(String key) {
        return locks.entrySet().stream()
                .filter(lock -> key.contains(lock.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Whether the answer to a request is worded here, since S3Proxy knows neither locks nor versions. */
    static boolean isBatchOfDeletions(String method, String target) {
        return method.equals("POST") && target.matches(".*\\?delete=?");
    }

    /** The answer to a batch of deletions, which S3Proxy believes to have done whole. */
    String reworded(String answer) {
        return DELETED.matcher(answer).replaceAll(this::reworded);
    }

    private String reworded(MatchResult deleted) {
        String key = deleted.group(1);
        if (forbidsDeletion(key)) {
            return "<Error><Key>" + key + "</Key><Code>AccessDenied</Code>"
                    + "<Message>Access Denied because object protected by object lock.</Message></Error>";
        }
        return keepsVersions()
                ? "<Deleted><Key>" + key + "</Key><DeleteMarker>true</DeleteMarker>"
                        + "<DeleteMarkerVersionId>m1</DeleteMarkerVersionId></Deleted>"
                : deleted.group();
    }

    /** What a look at the object tells beside. */
    Map<String, String> headers(String method, String target) {
        return method.equals("HEAD")
                ? until(target)
                        .map(end -> Map.of(
                                "x-amz-object-lock-mode",
                                "COMPLIANCE",
                                "x-amz-object-lock-retain-until-date",
                                end.toString()))
                        .orElse(Map.of())
                : Map.of();
    }
}
