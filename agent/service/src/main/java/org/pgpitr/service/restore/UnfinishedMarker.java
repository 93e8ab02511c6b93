package org.pgpitr.service.restore;

/** The file that a restore puts into the data directory first and removes last. */
final class UnfinishedMarker {
    static final String NAME = "pgpitr_restore_unfinished";

    private UnfinishedMarker() {}
}
