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
    private final List<ObjectKey> denied = new ArrayList<>();
    private final ZoneId zone;

    public RefusedText(Map<ObjectKey, Refusal> refused, ZoneId zone) {
        this.zone = zone;
        refused.forEach((key, refusal) -> {
            if (refusal.isLock()) {
                locked.put(key, refusal);
            } else {
                denied.add(key);
            }
        });
    }

    /** Without a line where nothing was refused. */
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        if (!locked.isEmpty()) {
            lines.add("the store keeps " + Human.count(locked.size(), "object", "objects") + " locked" + ends() + ": "
                    + locked.keySet().iterator().next() + (locked.size() > 1 ? " and others" : ""));
        }
        denied.stream().limit(SHOWN).forEach(key -> lines.add("the store refuses to delete " + key));
        if (denied.size() > SHOWN) {
            lines.add("and " + Human.count(denied.size() - SHOWN, "object", "objects") + " more");
        }
        return lines;
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
        return locked.isEmpty()
                ? Optional.empty()
                : Optional.of("nothing is to be done: a later `pgpitr expire` deletes them when the lock has ended");
    }
}
