package org.pgpitr.service.config;

import java.time.Duration;
import java.util.Optional;
import org.pgpitr.service.agent.AgentLog;

/** {@code [agent]}; what each means stands in {@link ConfigKeys}. */
public record AgentSettings(
        int workers,
        Optional<ListenAddress> metrics,
        AgentLog.Format logFormat,
        Duration catalogInterval,
        ByteSize prefetch,
        OnDemand onDemand,
        Duration idleTimeout) {
    static AgentSettings from(SectionValues values) {
        return new AgentSettings(
                values.get(ConfigKeys.AGENT_WORKERS),
                values.get(ConfigKeys.AGENT_METRICS),
                values.get(ConfigKeys.AGENT_LOG_FORMAT),
                values.get(ConfigKeys.AGENT_CATALOG_INTERVAL),
                values.get(ConfigKeys.AGENT_PREFETCH),
                values.get(ConfigKeys.AGENT_ON_DEMAND),
                values.get(ConfigKeys.AGENT_IDLE_TIMEOUT));
    }
}
