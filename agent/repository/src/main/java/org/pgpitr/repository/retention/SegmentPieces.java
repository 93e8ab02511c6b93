package org.pgpitr.repository.retention;

import org.pgpitr.postgres.WalSegmentName;

/**
 * The pieces of a stream that there are of one segment, be it archived or not.
 *
 * @param segment whose
 * @param objects how many there are
 * @param storedBytes how much they take in the repository
 */
public record SegmentPieces(WalSegmentName segment, long objects, long storedBytes) {}
