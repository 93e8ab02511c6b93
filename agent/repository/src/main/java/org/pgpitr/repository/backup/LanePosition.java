package org.pgpitr.repository.backup;

/**
 * Where a tar entry begins.
 *
 * @param lane counted from 0
 * @param sequence the object within the lane, counted from 0
 * @param frameOffset where the zstd frame that holds the entry's first byte begins within the object (after decryption)
 * @param entryOffset where the entry begins within the frame's plaintext
 */
public record LanePosition(int lane, int sequence, long frameOffset, long entryOffset) {}
