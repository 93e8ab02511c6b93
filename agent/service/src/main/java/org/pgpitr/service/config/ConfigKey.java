package org.pgpitr.service.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One key of the configuration, and everything that is known of it.
 *
 * @param name within its section
 * @param standard what holds if nobody says anything, as text; empty if then nothing holds
 * @param example for the sample file, as text; used where there is no standard
 * @param doc for people, in Markdown, one paragraph
 * @param variable the environment variable that sets it
 */
public record ConfigKey<T>(
        Section section,
        String name,
        ValueType<T> type,
        Optional<String> standard,
        Optional<String> example,
        String doc,
        String variable) {

    static <T> ConfigKey<T> of(Section section, String name, ValueType<T> type, String doc) {
        String variable = ("PGPITR_" + section.title() + "_" + name).toUpperCase(Locale.ROOT);
        return new ConfigKey<>(section, name, type, Optional.empty(), Optional.empty(), doc, variable);
    }

    ConfigKey<T> standard(String text) {
        return new ConfigKey<>(section, name, type, Optional.of(text), example, doc, variable);
    }

    ConfigKey<T> example(String text) {
        return new ConfigKey<>(section, name, type, standard, Optional.of(text), doc, variable);
    }

    ConfigKey<T> variable(String other) {
        return new ConfigKey<>(section, name, type, standard, example, doc, other);
    }

    /** Whether its value is never shown. */
    public boolean isSecret() {
        return type.secrecy() == ValueType.Secrecy.SECRET;
    }

    /** {@code section.name}. */
    @Override
    public String toString() {
        return section.title() + "." + name;
    }
}
