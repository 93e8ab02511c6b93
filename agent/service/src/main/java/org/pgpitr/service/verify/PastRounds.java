package org.pgpitr.service.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * Records of sampled verifications that nobody looks at any more: of all rounds before the newest of a rotation, and of
 * backups that are gone. A run that is still at an older round records its part there when it is done, and the next
 * expiry finds it.
 */
public final class PastRounds {
    private record Rotated(String scope, int parts) {
        /** The only backup that is verified; empty: all are. */
        Optional<BackupId> backup() {
            String id = scope.endsWith(VerifyOptions.KEYLESS)
                    ? scope.substring(0, scope.length() - VerifyOptions.KEYLESS.length())
                    : scope;
            return BackupId.tryParse(id);
        }
    }

    private record Found(ObjectKey key, Rotated rotation, int round) {}

    private PastRounds() {}

    public static List<ObjectKey> of(Generation generation) {
        List<Found> found = new ArrayList<>();
        Map<Rotated, Integer> newest = new HashMap<>();
        generation.store().list(generation.layout().samplePrefix(), (key, stat) -> {
            generation.layout().sampleAt(key).ifPresent(record -> {
                Rotated rotation = new Rotated(record.scope(), record.parts());
                found.add(new Found(key, rotation, record.round()));
                newest.merge(rotation, record.round(), Math::max);
            });
            return Next.CONTINUE;
        });
        BackupCatalog catalog = new BackupCatalog(generation);
        Set<Rotated> gone = new HashSet<>(newest.keySet());
        gone.removeIf(rotation -> rotation.backup().map(catalog::contains).orElse(true));
        return found.stream()
                .filter(record -> record.round() < newest.get(record.rotation()) || gone.contains(record.rotation()))
                .map(Found::key)
                .toList();
    }
}
