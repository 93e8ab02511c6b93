package org.pgpitr.repository.backup;

/**
 * What a finished lane consists of. With it a missing object is found before anything is restored.
 *
 * @param lane counted from 0
 * @param objects how many objects; their sequence numbers are 0 to {@code objects - 1}
 * @param entries how many tar entries
 * @param plainBytes of the tar stream
 * @param storedBytes of the objects
 */
public record LaneTotals(int lane, int objects, long entries, long plainBytes, long storedBytes) {}
