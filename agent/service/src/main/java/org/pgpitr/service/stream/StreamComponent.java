package org.pgpitr.service.stream;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.agent.AgentComponent;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.archive.PushLimits;

/** The receiver as a part of the agent: it goes on whatever breaks it off, since somebody may mend it. */
public final class StreamComponent implements AgentComponent {
    private final StreamReceiver receiver;

    /** @param limits shared with the archiver: both push the same segments */
    public StreamComponent(
            ConnectionSettings settings,
            List<Repository> repositories,
            StreamOptions options,
            PushLimits limits,
            AgentLog log,
            Clock clock,
            MeterRegistry registry) {
        this.receiver = new StreamReceiver(
                settings, repositories, options, limits, StreamReceiver.OnFailure.RETRY, new Logging(log), clock);
        StreamMetrics.register(registry, receiver, clock);
    }

    @Override
    public String name() {
        return "stream";
    }

    @Override
    public void run() throws InterruptedException {
        receiver.run();
    }

    @Override
    public Map<String, Object> status() {
        StreamStatus status = receiver.status();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("state", status.state().name().toLowerCase(Locale.ROOT));
        members.put(
                "timeline", status.received().map(at -> at.timeline().value()).orElse(null));
        members.put("received_lsn", lsn(status.received()));
        members.put("durable_lsn", lsn(status.durable()));
        members.put("lag_bytes", status.lagBytes());
        members.put("waiting_since", status.waitingSince().orElse(null));
        members.put("durable_time", status.durableSince().orElse(null));
        members.put(
                "last_error",
                status.lastFailure().map(StreamStatus.Failure::message).orElse(null));
        members.put(
                "last_error_time",
                status.lastFailure().map(StreamStatus.Failure::time).orElse(null));
        return members;
    }

    private static String lsn(Optional<StreamPosition> position) {
        return position.map(StreamPosition::lsn).map(Lsn::toString).orElse(null);
    }

    private record Logging(AgentLog log) implements StreamListener {
        @Override
        public void slotCreated(String slot, Lsn from) {
            log.info("stream", "replication slot \"" + slot + "\" is made; the server keeps WAL from " + from + " on");
        }

        @Override
        public void streaming(StreamPosition from) {
            log.info("stream", "streaming from " + from);
        }

        @Override
        public void switched(StreamPosition to) {
            log.info("stream", "the server went on with timeline " + to.timeline());
        }

        @Override
        public void failed(RuntimeException failure) {
            String hint = failure instanceof PgpitrException known
                    ? known.hint().map(text -> " (" + text + ")").orElse("")
                    : "";
            log.error("stream", failure.getMessage() + hint + "; trying again");
        }
    }
}
