package org.pgpitr.cli.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.output.LabelledPage;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.agent.ArchivingStatus;
import org.pgpitr.service.agent.LoneReceiver;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.spool.Spool;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** How archiving gets on. */
@Command(
        name = "status",
        header = "Tell how archiving gets on: the last archived WAL, what waits, the agent, the stream.",
        description =
                "Looks at the data directory and the spool on this host alone: it needs neither the agent, nor the"
                        + " server, nor the repository. Run it as the server's user.",
        footer = {"  pgpitr status", "  pgpitr status --json"})
public final class StatusCommand extends PgpitrCommand {
    private final Environment environment;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public StatusCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Configuration configuration = options.load(environment, List.of());
        Path dataDirectory = LocalServer.dataDirectory(configuration);
        ArchivingStatus status = ArchivingStatus.of(
                dataDirectory,
                LocalServer.segmentSize(dataDirectory),
                new Spool(Spool.root(environment.variables()), dataDirectory),
                environment.clock());
        if (output.json()) {
            json(status).print(environment.out());
        } else {
            environment.out().print(page(status));
            environment.out().flush();
            ErrorText err = new ErrorText(environment.err(), environment.coloursErr());
            status.warnings().forEach(err::warning);
        }
        return ExitCode.OK;
    }

    private LabelledPage page(ArchivingStatus status) {
        LabelledPage page = new LabelledPage(environment.terminal().width(), environment.coloursOut());
        page.entry("data", status.dataDirectory().toString());
        page.entry(
                "archived",
                status.lastArchived()
                        .map(name -> name + ", up to " + status.lastLsn().orElseThrow())
                        .orElse("nothing that is known here"));
        page.entry("waiting", waiting(status));
        page.entry(
                "room",
                Human.size(status.freeBytes()) + " of " + Human.size(status.totalBytes())
                        + " left on the disk of pg_wal");
        status.agent().flatMap(facts -> prefetch(facts)).ifPresent(text -> page.entry("prefetch", text));
        page.entry("agent", status.agent().map(facts -> agent(facts)).orElse(List.of("none is running")));
        status.agent()
                .map(facts -> facts.get("stream") instanceof Map<?, ?> stream ? stream : null)
                .ifPresent(stream -> page.entry("stream", stream(stream)));
        status.receivers().forEach(receiver -> page.entry("stream", alone(receiver)));
        status.agent().flatMap(StatusCommand::namesTrouble).ifPresent(trouble -> page.entry("names", trouble));
        return page;
    }

    /** Why the agent can't capture the names of relations. */
    private static Optional<String> namesTrouble(Map<String, Object> agent) {
        return agent.get("catalogs") instanceof Map<?, ?> catalogs && catalogs.get("last_error") != null
                ? Optional.of("not captured, last tried at " + catalogs.get("last_error_time") + ": "
                        + catalogs.get("last_error"))
                : Optional.empty();
    }

    private String waiting(ArchivingStatus status) {
        if (status.waitingFiles() == 0) {
            return "nothing";
        }
        return Human.count(status.waitingFiles(), "file", "files") + ", "
                + Human.size(status.waitingBytes())
                + status.oldestWaiting()
                        .map(since -> ", the oldest for " + age(since))
                        .orElse("");
    }

    /** A clock that was set back makes no negative ages. */
    private String age(Instant since) {
        Duration age = Duration.between(since, environment.clock().instant());
        return Human.duration(age.isNegative() ? Duration.ZERO : age);
    }

    /** Empty if the server does not recover, or has asked for nothing yet. */
    private static Optional<String> prefetch(Map<String, Object> facts) {
        if (!(facts.get("prefetch") instanceof Map<?, ?> prefetch) || !Boolean.TRUE.equals(prefetch.get("following"))) {
            return Optional.empty();
        }
        long ready = prefetch.get("ready_files") instanceof Number number ? number.longValue() : 0;
        long bytes = prefetch.get("ready_bytes") instanceof Number number ? number.longValue() : 0;
        String state = Human.count(ready, "segment", "segments") + " ready, " + Human.size(bytes)
                + (prefetch.get("last_delivered") == null ? "" : ", behind " + prefetch.get("last_delivered"));
        return Optional.of(
                prefetch.get("last_error") == null ? state : state + "; it fails: " + prefetch.get("last_error"));
    }

    private static List<String> agent(Map<String, Object> facts) {
        Map<?, ?> archiver = facts.get("archiver") instanceof Map<?, ?> map ? map : Map.of();
        String running = "process " + facts.get("pid") + ", since " + facts.get("started");
        if (archiver.get("next_attempt_seconds") != null) {
            return List.of(
                    running,
                    (Boolean.FALSE.equals(archiver.get("store_available"))
                                    ? "the store fails: "
                                    : "nothing is archived: ")
                            + archiver.get("last_error"),
                    "next attempt in " + archiver.get("next_attempt_seconds") + " s");
        }
        return archiver.get("last_error") == null
                ? List.of(running)
                : List.of(
                        running,
                        "last error, at " + archiver.get("last_error_time") + ": " + archiver.get("last_error"));
    }

    /** Of one that is gone nothing is told that was true only while it ran. */
    private List<String> alone(LoneReceiver receiver) {
        Map<String, Object> facts = receiver.facts();
        if (receiver.condition() == LoneReceiver.Condition.GONE) {
            return List.of("process " + facts.get("pid") + " is gone, last heard of at " + facts.get("updated")
                    + ", slot " + facts.get("slot"));
        }
        List<String> lines = new ArrayList<>();
        lines.add("process " + facts.get("pid") + ", since " + facts.get("started") + ", slot " + facts.get("slot"));
        if (receiver.condition() == LoneReceiver.Condition.SILENT) {
            lines.add("has said nothing since " + facts.get("updated") + "; then:");
        }
        lines.addAll(stream(facts));
        return lines;
    }

    private List<String> stream(Map<?, ?> facts) {
        List<String> lines = new ArrayList<>();
        lines.add(facts.get("state")
                + (facts.get("durable_lsn") == null
                        ? ""
                        : ", durable up to " + facts.get("durable_lsn") + " on timeline " + facts.get("timeline")));
        if (facts.get("waiting_since") instanceof String since && facts.get("lag_bytes") instanceof Number bytes) {
            lines.add(Human.size(bytes.longValue()) + " behind, the oldest for " + age(Instant.parse(since)));
        }
        if (facts.get("last_error") != null) {
            lines.add("last error, at " + facts.get("last_error_time") + ": " + facts.get("last_error"));
        }
        return lines;
    }

    private static Map<String, Object> receiver(LoneReceiver receiver) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("condition", receiver.condition().name().toLowerCase(Locale.ROOT));
        members.putAll(receiver.facts());
        return members;
    }

    private static JsonObject json(ArchivingStatus status) {
        return new JsonObject()
                .put("data_directory", status.dataDirectory())
                .put("last_archived", status.lastArchived())
                .put("last_archived_lsn", status.lastLsn())
                .put("waiting_files", status.waitingFiles())
                .put("waiting_segments", status.waitingSegments())
                .put("waiting_bytes", status.waitingBytes())
                .put("oldest_waiting_since", status.oldestWaiting())
                .put("wal_disk_free_bytes", status.freeBytes())
                .put("wal_disk_bytes", status.totalBytes())
                .put("warnings", status.warnings())
                .put("agent", status.agent())
                .put(
                        "receivers",
                        status.receivers().stream().map(StatusCommand::receiver).toList());
    }
}
