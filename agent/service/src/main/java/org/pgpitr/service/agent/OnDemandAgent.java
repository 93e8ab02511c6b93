package org.pgpitr.service.agent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.StatusFile;

/**
 * An agent that one of PostgreSQL's hooks starts. It is a process in a session of its own, with none of the hook's files
 * open: neither a signal to the server's processes nor the end of the server's log waits for it.
 */
public final class OnDemandAgent {
    /** Within which another hook does not start one too. */
    private static final Duration STARTING = Duration.ofSeconds(10);

    private static final long INIT = 1;

    private final Path launcher;
    private final Path dataDirectory;
    private final Spool spool;
    private final Clock clock;

    /** @param dataDirectory its real path */
    public OnDemandAgent(Path launcher, Path dataDirectory, Spool spool, Clock clock) {
        this.launcher = launcher;
        this.dataDirectory = dataDirectory;
        this.spool = spool;
        this.clock = clock;
    }

    /** Whether an agent, started by whomsoever, is at work. */
    public boolean isRunning() {
        return StatusFile.isOfRunningProcess(spool.status());
    }

    /**
     * Whether one may be started. Not where the server is the first process of a container: it would become the agent's
     * parent, and take an agent that is killed for one of its own processes that crashed.
     */
    public boolean isPossible() {
        return Postmaster.process(dataDirectory).orElse(INIT) != INIT;
    }

    /**
     * Starts one, unless one runs or is being started. Of two that are started at once, one finds the other and ends.
     *
     * @param command the hook that it serves
     * @param configuration as the hook was given it by an option
     * @return its process, if this has started it
     */
    public Optional<Process> start(String command, Optional<Path> configuration) throws IOException {
        if (isRunning() || !isPossible() || isBeingStarted()) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>(List.of(launcher.toString(), "agent", "--on-demand", command));
        configuration.ifPresent(file -> words.addAll(List.of("--config", file.toString())));
        Files.deleteIfExists(spool.starting());
        Files.createFile(spool.starting());
        Files.setLastModifiedTime(spool.starting(), FileTime.from(clock.instant()));
        List<String> inOwnSession = new ArrayList<>(List.of("setsid"));
        inOwnSession.addAll(words);
        try {
            return Optional.of(begin(inOwnSession));
        } catch (IOException e) {
            return Optional.of(begin(words)); // no such program here: the agent ends with the server's processes
        }
    }

    private boolean isBeingStarted() throws IOException {
        if (!Files.exists(spool.starting())) {
            return false;
        }
        Instant started = Files.getLastModifiedTime(spool.starting()).toInstant();
        return Duration.between(started, clock.instant()).abs().compareTo(STARTING) < 0;
    }

    private Process begin(List<String> words) throws IOException {
        return new ProcessBuilder(words)
                .directory(dataDirectory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(spool.log().toFile())
                .start();
    }
}
