package org.pgpitr.service.prefetch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** The prefetcher's figures; {@code docs/monitoring.md} tells what each means. */
public final class PrefetchMetrics {
    private final Counter fetched;
    private final Counter taken;
    private final Counter failures;
    private final Counter absent;
    private final Counter steppedAside;
    private final AtomicLong readyFiles;
    private final AtomicLong readyBytes;

    public PrefetchMetrics(MeterRegistry registry) {
        fetched = counter(registry, "pgpitr.prefetch.fetched.files", "WAL files fetched for a recovery");
        taken = counter(registry, "pgpitr.prefetch.taken.files", "Of those, files that the recovery took");
        failures = counter(registry, "pgpitr.prefetch.failures", "Attempts to prefetch a segment that failed");
        absent = counter(
                registry,
                "pgpitr.prefetch.absent.files",
                "Requests of a recovery for files of which every repository said that there are none");
        steppedAside =
                counter(registry, "pgpitr.prefetch.stepped.aside", "Requests of a recovery left to archive-get itself");
        readyFiles = gauge(registry, "pgpitr.prefetch.ready.files", null, "WAL segments that wait to be taken");
        readyBytes = gauge(registry, "pgpitr.prefetch.ready", "bytes", "Their bytes in pg_wal");
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private static AtomicLong gauge(MeterRegistry registry, String name, String unit, String description) {
        AtomicLong value = new AtomicLong();
        Gauge.builder(name, value, AtomicLong::get)
                .baseUnit(unit)
                .description(description)
                .strongReference(true)
                .register(registry);
        return value;
    }

    void fetched() {
        fetched.increment();
    }

    void taken() {
        taken.increment();
    }

    void failed() {
        failures.increment();
    }

    void absent() {
        absent.increment();
    }

    void steppedAside() {
        steppedAside.increment();
    }

    void ready(long files, long bytes) {
        readyFiles.set(files);
        readyBytes.set(bytes);
    }

    long takenFiles() {
        return (long) taken.count();
    }
}
