package org.pgpitr.service.verify;

import java.util.concurrent.atomic.LongAdder;

/** Counts what was verified. Safe for several threads. */
final class Tally {
    final LongAdder backups = new LongAdder();
    final LongAdder lanes = new LongAdder();
    final LongAdder files = new LongAdder();
    final LongAdder fileBytes = new LongAdder();
    final LongAdder pages = new LongAdder();
    final LongAdder walFiles = new LongAdder();
    final LongAdder walBytes = new LongAdder();
    final LongAdder walRecords = new LongAdder();
    final LongAdder besides = new LongAdder();

    GenerationReport.Verified verified(long archived) {
        return new GenerationReport.Verified(
                backups.sum(),
                archived,
                lanes.sum(),
                files.sum(),
                fileBytes.sum(),
                pages.sum(),
                walFiles.sum(),
                walBytes.sum(),
                walRecords.sum(),
                besides.sum());
    }
}
