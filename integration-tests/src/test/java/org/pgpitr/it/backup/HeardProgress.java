package org.pgpitr.it.backup;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.pgpitr.service.Progress;

/** Keeps what a backup says, and does something when the copying begins. */
final class HeardProgress implements Progress {
    final List<String> lines = new CopyOnWriteArrayList<>();
    private final Runnable atCopying;

    HeardProgress() {
        this(() -> {});
    }

    HeardProgress(Runnable atCopying) {
        this.atCopying = atCopying;
    }

    @Override
    public void begin(String what, long totalBytes) {
        if (what.equals("copying")) {
            atCopying.run();
        }
    }

    @Override
    public void advance(long bytes) {}

    @Override
    public void end() {}

    @Override
    public void say(String line) {
        lines.add(line);
    }
}
