package org.pgpitr.cluster;

/** How the checkpoint that a backup begins with is made. */
public enum CheckpointMode {
    /** At once, as fast as the disks can. */
    FAST,
    /** Spread over {@code checkpoint_completion_target} of {@code checkpoint_timeout}: gentle, and takes minutes. */
    SPREAD
}
