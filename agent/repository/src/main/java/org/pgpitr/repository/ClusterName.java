package org.pgpitr.repository;

/**
 * The name under which a cluster stands in its repositories.
 *
 * @param value 1 to 63 characters: a lower-case letter or digit, then lower-case letters, digits, {@code _} and {@code -}
 */
public record ClusterName(String value) {
    public ClusterName {
        if (!value.matches("[a-z0-9][a-z0-9_-]{0,62}")) {
            throw new IllegalArgumentException("not a cluster name (a lower-case letter or digit, then up to 62 "
                    + "lower-case letters, digits, _ or -): \"" + value + "\"");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
