package org.pgpitr.service.backup;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.service.Progress;

/** Keeps what a job says. */
public final class SaidLines implements Progress {
    public final List<String> lines = new CopyOnWriteArrayList<>();
    public final AtomicLong advanced = new AtomicLong();

    @Override
    public void begin(String what, long totalBytes) {
        lines.add(what + " " + totalBytes);
    }

    @Override
    public void advance(long bytes) {
        advanced.addAndGet(bytes);
    }

    @Override
    public void end() {
        lines.add("end");
    }

    @Override
    public void say(String line) {
        lines.add(line);
    }
}
