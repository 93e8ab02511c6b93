package org.pgpitr.service.check;

import java.util.Optional;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.SlotFacts;

/** Looks whether a receiver is at work: a stream that is dead must not hide behind backups that are well. */
final class StreamLook {
    private final Findings findings;

    StreamLook(Findings findings) {
        this.findings = findings;
    }

    void run(Server server, String name) {
        Optional<SlotFacts> slot = server.slot(name);
        if (slot.isEmpty()) {
            failed(
                    "the server has no replication slot \"" + name + "\"",
                    "make it with `pgpitr stream --create-slot`, then run `pgpitr stream`");
        } else if (!slot.get().isPhysical()) {
            failed(
                    "replication slot \"" + name + "\" is a " + slot.get().kind() + " one",
                    "choose another `slot` in [stream]");
        } else if (slot.get().isLost()) {
            failed(
                    "the server has given up replication slot \"" + name + "\": WAL that nobody received is gone",
                    "see docs/streaming.md, \"When the slot is lost\"");
        } else if (slot.get().activePid().isEmpty()) {
            failed(
                    "nobody receives from replication slot \"" + name + "\""
                            + slot.get()
                                    .restart()
                                    .map(lsn -> ", and the server keeps all WAL since " + lsn)
                                    .orElse(""),
                    "run `pgpitr stream`; where it runs already, it says what keeps it");
        } else {
            findings.ok(
                    Topic.STREAM,
                    "a receiver is connected to replication slot \"" + name + "\""
                            + slot.get()
                                    .restart()
                                    .map(lsn -> ", durable up to " + lsn)
                                    .orElse(""));
        }
    }

    private void failed(String detail, String hint) {
        findings.failed(Topic.STREAM, detail, hint);
    }
}
