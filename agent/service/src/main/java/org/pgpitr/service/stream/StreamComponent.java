package org.pgpitr.service.stream;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final String slot;

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
        this.slot = options.slot();
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
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("slot", slot);
        facts.putAll(receiver.status().facts());
        return facts;
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
