package org.pgpitr.service.agent;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicLong;

/** The archiver's figures; {@code docs/monitoring.md} tells what each means. */
final class ArchiverMetrics {
    private final Counter files;
    private final Counter bytes;
    private final Counter failures;
    private final Timer pushes;
    private final AtomicLong waitingFiles;
    private final AtomicLong waitingBytes;
    private final AtomicLong oldestSeconds;

    ArchiverMetrics(MeterRegistry registry) {
        files = Counter.builder("pgpitr.wal.archived.files")
                .description("WAL files made durable in every repository")
                .register(registry);
        bytes = Counter.builder("pgpitr.wal.archived")
                .baseUnit("bytes")
                .description("Bytes of those files, before compression")
                .register(registry);
        failures = Counter.builder("pgpitr.wal.archive.failures")
                .description("Attempts to archive a WAL file that failed")
                .register(registry);
        pushes = Timer.builder("pgpitr.wal.archive.duration")
                .description("Time to make one WAL file durable")
                .register(registry);
        waitingFiles = gauge(registry, "pgpitr.wal.backlog.files", null, "WAL files that wait to be archived");
        waitingBytes = gauge(registry, "pgpitr.wal.backlog", "bytes", "Bytes of the WAL segments that wait");
        oldestSeconds = gauge(
                registry,
                "pgpitr.wal.backlog.age",
                "seconds",
                "Since when the oldest waiting WAL file waits; 0 if none does");
    }

    private static AtomicLong gauge(MeterRegistry registry, String name, String unit, String description) {
        AtomicLong value = new AtomicLong();
        io.micrometer.core.instrument.Gauge.builder(name, value, AtomicLong::get)
                .baseUnit(unit)
                .description(description)
                .strongReference(true)
                .register(registry);
        return value;
    }

    void archived(long size, long nanos) {
        files.increment();
        bytes.increment(size);
        pushes.record(nanos, java.util.concurrent.TimeUnit.NANOSECONDS);
    }

    void failed() {
        failures.increment();
    }

    void backlog(long filesWaiting, long bytesWaiting, long seconds) {
        waitingFiles.set(filesWaiting);
        waitingBytes.set(bytesWaiting);
        oldestSeconds.set(seconds);
    }
}
