package org.pgpitr.service.agent;

import java.time.Clock;
import java.util.concurrent.TimeUnit;

/** A component in its thread, begun anew whenever it fails. */
final class Supervised {
    private final AgentComponent component;
    private final AgentLog log;
    private final Clock clock;
    private final Thread thread;
    private volatile boolean failed;

    private Supervised(AgentComponent component, AgentLog log, Clock clock) {
        this.component = component;
        this.log = log;
        this.clock = clock;
        this.thread = new Thread(this::work, "pgpitr-" + component.name());
        thread.setDaemon(true);
    }

    static Supervised start(AgentComponent component, AgentLog log, Clock clock) {
        Supervised supervised = new Supervised(component, log, clock);
        supervised.thread.start();
        return supervised;
    }

    private void work() {
        Pause pause = new Pause();
        try {
            while (true) {
                try {
                    component.run();
                    return;
                } catch (RuntimeException | Error e) {
                    pause.failed();
                    failed = true;
                    log.error(
                            component.name(),
                            "failed, and begins anew in " + pause.left().toSeconds() + " s: "
                                    + Trouble.of(e, clock.instant()).sentence());
                    log.defect(component.name(), e);
                }
                TimeUnit.NANOSECONDS.sleep(pause.left().toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end
        }
    }

    String name() {
        return component.name();
    }

    /** Whether it is at work, or has failed and is begun anew: its log tells that. */
    boolean hasBegun() {
        return failed || component.isAtWork();
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Waits for its end, also when the waiting thread is told to end. */
    void await(long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
