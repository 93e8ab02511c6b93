package org.pgpitr.cli.find;

import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.find.SearchListener;
import org.pgpitr.service.Progress;

/** Shows how far a search has got; to be closed behind it. */
public final class ProgressOfSearch implements SearchListener, AutoCloseable {
    private final Progress progress;
    private final WalSegmentSize size;
    private boolean begun;

    public ProgressOfSearch(Progress progress, WalSegmentSize size) {
        this.progress = progress;
        this.size = size;
    }

    @Override
    public void locating() {
        progress.say("looking for the place in the archived WAL");
    }

    @Override
    public void reading(long segments) {
        begun = true;
        progress.begin("reading WAL", segments * size.bytes());
    }

    @Override
    public void read() {
        progress.advance(size.bytes());
    }

    @Override
    public void close() {
        if (begun) {
            progress.end();
        }
    }
}
