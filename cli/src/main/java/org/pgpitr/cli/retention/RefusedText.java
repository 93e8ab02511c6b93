package org.pgpitr.cli.retention;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgpitr.cli.output.Human;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.Refusal;

/** What the store does not delete: all that is locked in one line, as it may be much and is as it should be; the rest by name. */
public final class RefusedText {
    private static final int SHOWN = 5;

    private final Map<ObjectKey, Refusal> locked = new TreeMap<>();
    private final List<ObjectKey> held = new ArrayList<>();
    private final List<ObjectKey> denied = new ArrayList<>();
    private final ZoneId zone;

    public RefusedText(Map<ObjectKey, Refusal> refused, ZoneId zone) {
        this.zone = zone;
        refused.forEach((key, refusal) -> {
            switch (refusal.cause()) {
                case LOCKED -> locked.put(key, refusal);
                case HELD -> held.add(key);
                case DENIED -> denied.add(key);
            }
        });
    }

    /** Without a line where nothing was refused. */
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        if (!locked.isEmpty()) {
            lines.add("the store keeps " + kept(List.copyOf(locked.keySet()), " locked" + ends()));
        }
        if (!held.isEmpty()) {
            lines.add("the store keeps " + kept(held, " under a legal hold"));
        }
        denied.stream().limit(SHOWN).forEach(key -> lines.add("the store refuses to delete " + key));
        if (denied.size() > SHOWN) {
            lines.add("and " + Human.count(denied.size() - SHOWN, "object", "objects") + " more");
        }
        return lines;
    }

    private static String kept(List<ObjectKey> keys, String how) {
        return Human.count(keys.size(), "object", "objects") + how + ": " + keys.get(0)
                + (keys.size() > 1 ? " and others" : "");
    }

    /** As far as the store tells of all. */
    private String ends() {
        if (locked.values().stream().anyMatch(lock -> lock.until().isEmpty())) {
            return "";
        }
        Optional<Instant> last =
                locked.values().stream().map(lock -> lock.until().orElseThrow()).max(Instant::compareTo);
        return last.map(end -> " until " + Human.time(end, zone) + (locked.size() > 1 ? " at the latest" : ""))
                .orElse("");
    }

    public Optional<String> hint() {
        if (!denied.isEmpty()) {
            return Optional.of(
                    "use credentials that may delete (S3: s3:DeleteObject); objects under a lock can be deleted"
                            + " when it has ended, by another `pgpitr expire`");
        }
        if (!held.isEmpty()) {
            return Optional.of("a legal hold does not end by itself: when somebody has taken it off (S3:"
                    + " s3:PutObjectLegalHold), a later `pgpitr expire` deletes what it kept"
                    + (locked.isEmpty() ? "" : ", as it does when a lock has ended"));
        }
        return locked.isEmpty()
                ? Optional.empty()
                : Optional.of("nothing is to be done: a later `pgpitr expire` deletes them when the lock has ended");
    }
}
