package org.pgpitr.service.stream;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** The receiver's figures; {@code docs/monitoring.md} tells what each means. */
final class StreamMetrics {
    private final MeterRegistry registry;
    private final StreamReceiver receiver;

    private StreamMetrics(MeterRegistry registry, StreamReceiver receiver) {
        this.registry = registry;
        this.receiver = receiver;
    }

    static void register(MeterRegistry registry, StreamReceiver receiver, Clock clock) {
        StreamMetrics metrics = new StreamMetrics(registry, receiver);
        metrics.gauge(
                "pgpitr.stream.up",
                null,
                "Whether WAL is being received",
                status -> status.state() == StreamStatus.State.STREAMING ? 1 : 0);
        metrics.gauge(
                "pgpitr.stream.lag",
                "bytes",
                "WAL that the server had when it last sent some, and that is not durable yet",
                StreamStatus::lagBytes);
        metrics.gauge(
                "pgpitr.stream.lag",
                "seconds",
                "Since when the oldest WAL that has arrived waits to be durable; 0 if none does",
                status -> status.waitingSince()
                        .map(since -> Math.max(
                                        0,
                                        Duration.between(since, clock.instant()).toMillis())
                                / 1000.0)
                        .orElse(0.0));
        FunctionCounter.builder(
                        "pgpitr.stream.failures", receiver, r -> r.status().failures())
                .description("How often the stream broke off")
                .register(registry);
    }

    private void gauge(String name, String unit, String description, ToDoubleFunction<StreamStatus> value) {
        Gauge.builder(unit == null ? name : name + "." + unit, receiver, r -> value.applyAsDouble(r.status()))
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
