package org.pgpitr.storage;

import java.time.Instant;

/**
 * What a store knows of an object without reading it.
 *
 * @param length in bytes
 * @param version for {@link ObjectStore#replace}
 * @param modified by the store's clock, to the second or finer
 */
public record ObjectStat(long length, ObjectVersion version, Instant modified) {}
