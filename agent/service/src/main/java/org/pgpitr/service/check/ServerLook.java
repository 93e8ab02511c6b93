package org.pgpitr.service.check;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.cluster.Role;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.postgres.PostgresMajor;

/** Looks at the server: its version, its data directory, its settings. */
final class ServerLook {
    private static final List<Topic> TOPICS = List.of(
            Topic.VERSION,
            Topic.DATA_DIRECTORY,
            Topic.WAL_LEVEL,
            Topic.ARCHIVE_MODE,
            Topic.ARCHIVE_COMMAND,
            Topic.ARCHIVE_TIMEOUT,
            Topic.FULL_PAGE_WRITES,
            Topic.FSYNC);

    private final Findings findings;
    private final Optional<String> slot;

    /** @param slot of a receiver that is meant to bring WAL into the repository */
    ServerLook(Findings findings, Optional<String> slot) {
        this.findings = findings;
        this.slot = slot;
    }

    void notChecked(String because) {
        TOPICS.forEach(topic -> findings.notChecked(topic, because));
    }

    void run(Server server, ServerFacts facts, Optional<Path> dataDirectory) {
        findings.ok(
                Topic.SERVER,
                "PostgreSQL " + facts.version() + ", a " + (facts.role() == Role.PRIMARY ? "primary" : "standby")
                        + " on timeline " + facts.timeline() + ", system identifier " + facts.systemIdentifier());
        version(facts.major());
        findings.look(Topic.DATA_DIRECTORY, () -> new DataDirectoryLook(findings).run(facts, dataDirectory));
        walLevel(facts.walLevel());
        archiveMode(facts);
        archiveCommand(facts);
        Map<String, String> settings = findings.ask(
                        Topic.ARCHIVE_TIMEOUT,
                        () -> server.settings(List.of("archive_timeout", "full_page_writes", "fsync")))
                .orElse(Map.of());
        archiveTimeout(settings.getOrDefault("archive_timeout", ""));
        mustBeOn(
                Topic.FULL_PAGE_WRITES,
                settings.getOrDefault("full_page_writes", ""),
                "a crash of the machine can tear pages, and a backup of a standby is refused without it");
        mustBeOn(
                Topic.FSYNC,
                settings.getOrDefault("fsync", ""),
                "after a crash of the machine the server may go on with damaged data, and archive it");
    }

    private void version(PostgresMajor major) {
        if (major.compareTo(PostgresMajor.OLDEST) < 0) {
            findings.failed(
                    Topic.VERSION,
                    "PostgreSQL " + major + " is older than " + PostgresMajor.OLDEST + ", the oldest that is supported",
                    "upgrade the server");
        } else if (!major.isKnown()) {
            findings.note(
                    Topic.VERSION,
                    "PostgreSQL " + major + " is newer than this pgpitr, which archives and backs it up but can't "
                            + "check its file formats",
                    "look for a newer pgpitr");
        } else {
            findings.ok(Topic.VERSION, "PostgreSQL " + major);
        }
    }

    private void walLevel(String walLevel) {
        if (walLevel.equals("minimal")) {
            findings.failed(
                    Topic.WAL_LEVEL,
                    "wal_level is minimal: its WAL can't be replayed onto a backup",
                    "set wal_level = replica, restart the server, then take a new backup");
        } else {
            findings.ok(Topic.WAL_LEVEL, "wal_level is " + walLevel);
        }
    }

    private void archiveMode(ServerFacts facts) {
        String mode = facts.archiveMode();
        if (!mode.equals("off")) {
            boolean later = mode.equals("on") && facts.role() == Role.STANDBY;
            findings.ok(
                    Topic.ARCHIVE_MODE,
                    "archive_mode is " + mode
                            + (later
                                    ? ": this standby archives once it is promoted, until then its primary does"
                                    : ""));
        } else if (slot.isPresent()) {
            findings.ok(Topic.ARCHIVE_MODE, "not needed: WAL comes by the stream alone, archive_mode is off");
        } else if (facts.role() == Role.STANDBY) {
            findings.note(
                    Topic.ARCHIVE_MODE,
                    "archive_mode is off: this standby will not archive when it is promoted",
                    "set archive_mode = on (or always) and restart the standby");
        } else {
            findings.failed(
                    Topic.ARCHIVE_MODE,
                    "archive_mode is off",
                    "set archive_mode = on and restart the server, or stream: see docs/streaming.md");
        }
    }

    private void archiveCommand(ServerFacts facts) {
        if (facts.archiveMode().equals("off")) {
            findings.notChecked(Topic.ARCHIVE_COMMAND, "archive_mode is off");
            return;
        }
        Optional<ArchiveCommand.Fault> fault = ArchiveCommand.fault(facts.archiveCommand(), facts.archiveLibrary());
        if (fault.isPresent()) {
            findings.failed(
                    Topic.ARCHIVE_COMMAND, fault.get().detail(), fault.get().hint());
        } else {
            findings.ok(Topic.ARCHIVE_COMMAND, facts.archiveCommand());
        }
    }

    private void archiveTimeout(String seconds) {
        if (slot.isPresent()) {
            findings.ok(Topic.ARCHIVE_TIMEOUT, "WAL is streamed as it is written");
        } else if (seconds.equals("0")) {
            findings.note(
                    Topic.ARCHIVE_TIMEOUT,
                    "archive_timeout is 0: what a quiet server commits may wait for hours until its segment is full, and "
                            + "would be lost with the server until then",
                    "set archive_timeout = 60s, and reload");
        } else if (!seconds.isEmpty()) {
            findings.ok(Topic.ARCHIVE_TIMEOUT, "archive_timeout is " + seconds + " s");
        }
    }

    private void mustBeOn(Topic topic, String value, String otherwise) {
        String name = topic.id();
        if (value.equals("off")) {
            findings.failed(topic, name + " is off: " + otherwise, "set " + name + " = on, and reload");
        } else if (value.isEmpty()) {
            findings.notChecked(topic, "the server does not tell " + name);
        } else {
            findings.ok(topic, name + " is " + value);
        }
    }
}
