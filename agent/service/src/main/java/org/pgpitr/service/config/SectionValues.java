package org.pgpitr.service.config;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of one table, understood. A value that can't be understood is a problem and counts as not set. Keys are told
 * apart by identity: each exists once, and comparing their records costs the hooks a part of their start-up.
 */
final class SectionValues {
    private final Table table;
    private final Map<ConfigKey<?>, Entry> entries = new IdentityHashMap<>();
    private final Map<ConfigKey<?>, Object> parsed = new IdentityHashMap<>();

    SectionValues(Table table, Map<ConfigKey<?>, Entry> set, List<Problem> problems) {
        this.table = table;
        for (ConfigKey<?> key : ConfigKeys.of(table.section())) {
            Entry entry = set.get(key);
            if (entry != null && parse(entry, problems)) {
                entries.put(key, entry);
            } else if (key.standard().isPresent()) {
                parsed.put(key, key.type().parser().apply(key.standard().get()));
            }
        }
    }

    private boolean parse(Entry entry, List<Problem> problems) {
        try {
            parsed.put(entry.key(), entry.key().type().parser().apply(entry.text()));
            return true;
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(
                    entry.origin(),
                    entry.path() + " must be " + entry.key().type().description() + shown(entry)));
            return false;
        }
    }

    /** A private key that stands where a public one belongs must not get into a message either. */
    private static String shown(Entry entry) {
        return entry.key().isSecret() || entry.text().contains("AGE-SECRET-KEY")
                ? ""
                : ", not \"" + entry.text() + "\"";
    }

    Table table() {
        return table;
    }

    @SuppressWarnings("unchecked") // each value came from its own key's parser
    <T> Optional<T> find(ConfigKey<T> key) {
        return Optional.ofNullable((T) parsed.get(key));
    }

    /** For a key that has a standard. */
    <T> T get(ConfigKey<T> key) {
        return find(key).orElseThrow();
    }

    /** What somebody set and could be understood. */
    Optional<Entry> entry(ConfigKey<?> key) {
        return Optional.ofNullable(entries.get(key));
    }
}
