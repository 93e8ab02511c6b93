package org.pgpitr.storage.faults;

import java.util.Locale;

/** The calls of an {@link org.pgpitr.storage.ObjectStore} that can fail. */
public enum StoreOperation {
    OPEN,
    STAT,
    PUT,
    REPLACE,
    LIST,
    DELETE;

    String verb() {
        return name().toLowerCase(Locale.ROOT);
    }
}
