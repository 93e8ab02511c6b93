package org.pgpitr.storage.s3.server;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.pgpitr.storage.s3.server.S3ServerOptions.Versions;

/**
 * Retention and legal holds of objects, as S3 has them. Without versions, a locked object is neither deleted nor
 * overwritten; with them each deletion succeeds, puts a marker, and takes nothing away. A lock is there until the test
 * ends it.
 */
public final class ObjectLocks {
    private static final Pattern DELETED = Pattern.compile("<Deleted><Key>(.*?)</Key></Deleted>");

    private final Versions versions;
    private final Map<String, Instant> locks = new ConcurrentHashMap<>();
    private final Set<String> holds = ConcurrentHashMap.newKeySet();

    ObjectLocks(Versions versions) {
        this.versions = versions;
    }

    /** Locks what is or will be there under keys that contain this. */
    public void lock(String partOfKey, Instant until) {
        locks.put(partOfKey, until);
    }

    /** Holds what is or will be there under keys that contain this. */
    public void hold(String partOfKey) {
        holds.add(partOfKey);
    }

    /** The locks have ended, and the holds were taken off. */
    public void end() {
        locks.clear();
        holds.clear();
    }

    boolean keepsVersions() {
        return versions == Versions.KEPT;
    }

    boolean forbidsDeletion(String key) {
        return !keepsVersions() && (until(key).isPresent() || isHeld(key));
    }

    private boolean isHeld(String key) {
        return holds.stream().anyMatch(key::contains);
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
        Map<String, String> headers = new TreeMap<>();
        if (method.equals("HEAD")) {
            until(target).ifPresent(end -> {
                headers.put("x-amz-object-lock-mode", "COMPLIANCE");
                headers.put("x-amz-object-lock-retain-until-date", end.toString());
            });
            if (isHeld(target)) {
                headers.put("x-amz-object-lock-legal-hold", "ON");
            }
        }
        return headers;
    }
}
