package org.pgpitr.storage.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pgpitr.storage.StorageException;

/**
 * The figures of one repository's store, all with the tag {@code repository}: the timer {@value #CALLS} by {@code
 * operation} and {@code outcome} (found, absent, created, exists, replaced, stale, done, kept, or a failure's kind in
 * lower case); the counter {@value #FAILURES} by {@code operation}, there from the start, so that the first failure is
 * seen as an increase; the counters {@value #UPLOADED} and {@value #DOWNLOADED} in bytes.
 */
public final class StoreMetrics {
    public static final String CALLS = "pgpitr.store.call.duration";
    public static final String FAILURES = "pgpitr.store.failures";
    public static final String UPLOADED = "pgpitr.store.uploaded";
    public static final String DOWNLOADED = "pgpitr.store.downloaded";

    private static final String REPOSITORY = "repository";
    private static final String OPERATION = "operation";

    /** What is asked of a store; {@code READ} is the reading of what was opened. */
    enum Operation {
        OPEN,
        READ,
        STAT,
        PUT,
        REPLACE,
        LIST,
        DELETE;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final MeterRegistry registry;
    private final String repository;
    private final Counter uploaded;
    private final Counter downloaded;
    private final Map<Operation, Counter> failures = new EnumMap<>(Operation.class);

    StoreMetrics(MeterRegistry registry, String repository) {
        this.registry = registry;
        this.repository = repository;
        this.uploaded = bytes(UPLOADED, "Bytes stored in the repository, as they are there");
        this.downloaded = bytes(DOWNLOADED, "Bytes read from the repository, as they are there");
        for (Operation each : Operation.values()) {
            failures.put(
                    each,
                    Counter.builder(FAILURES)
                            .description("Calls of the store that failed, repeated ones each")
                            .tag(REPOSITORY, repository)
                            .tag(OPERATION, each.tag())
                            .register(registry));
        }
    }

    private Counter bytes(String name, String description) {
        return Counter.builder(name)
                .baseUnit("bytes")
                .description(description)
                .tag(REPOSITORY, repository)
                .register(registry);
    }

    /** Runs a call; its failure goes on to the caller. */
    <T> T timed(Operation operation, Supplier<T> call, Function<T, String> outcome) {
        Timer.Sample sample = Timer.start(registry);
        String seen = "defect";
        boolean failed = true;
        try {
            T result = call.get();
            seen = outcome.apply(result);
            failed = false;
            return result;
        } catch (StorageException e) {
            seen = e.kind().name().toLowerCase(Locale.ROOT);
            throw e;
        } finally {
            sample.stop(Timer.builder(CALLS)
                    .description("Time of the calls of the store")
                    .tag(REPOSITORY, repository)
                    .tag(OPERATION, operation.tag())
                    .tag("outcome", seen)
                    .register(registry));
            if (failed) {
                failures.get(operation).increment();
            }
        }
    }

    void uploaded(long bytes) {
        uploaded.increment(bytes);
    }

    InputStream counted(InputStream in) {
        return new CountedStream(in, downloaded, failures.get(Operation.READ));
    }
}
