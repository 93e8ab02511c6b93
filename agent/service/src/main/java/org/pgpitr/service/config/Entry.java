package org.pgpitr.service.config;

/**
 * What somebody set, before it is understood.
 *
 * @param text the value; the items of a list parted by commas
 */
public record Entry(Table table, ConfigKey<?> key, String text, Origin origin) {
    /** What a flag set in a section that stands once. */
    public static Entry flag(ConfigKey<?> key, String text, String flag) {
        return new Entry(Table.of(key.section()), key, text, new Origin.Flag(flag));
    }

    /** {@code cluster.port}, or {@code repository.2.url}. */
    String path() {
        return table + "." + key.name();
    }
}
