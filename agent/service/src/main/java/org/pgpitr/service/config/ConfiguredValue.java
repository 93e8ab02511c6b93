package org.pgpitr.service.config;

import java.util.Optional;

/**
 * A key as it stands in a configuration that was read.
 *
 * @param text the value as text, masked if it is a secret; empty if it is not set and has no default
 */
public record ConfiguredValue(Table table, ConfigKey<?> key, Optional<String> text, Origin origin) {
    static ConfiguredValue of(SectionValues values, ConfigKey<?> key) {
        Optional<Entry> entry = values.entry(key);
        Optional<String> text = entry.map(Entry::text).or(key::standard);
        return new ConfiguredValue(
                values.table(),
                key,
                key.isSecret() ? text.map(any -> Secret.MASK) : text,
                entry.map(Entry::origin).orElse(new Origin.Standard()));
    }

    /** {@code cluster.port}, or {@code repository.2.url}. */
    public String path() {
        return table + "." + key.name();
    }
}
