package org.pgpitr.cli.command;

import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.SlotFacts;
import org.pgpitr.postgres.Lsn;

/** Makes and drops the replication slot of the stream, when the user says so. */
record SlotWork(ConnectionSettings settings, String slot) {
    /** What is to be said of a slot that is there already. */
    enum Existing {
        FINE,
        REFUSED
    }

    /** What was done, for programs and for people. */
    record Done(String slot, String outcome, String sentence) {
        JsonObject json() {
            return new JsonObject().put("slot", slot).put("outcome", outcome);
        }
    }

    /** @throws org.pgpitr.error.PgpitrException if there is one already, and that is refused or it is a logical one */
    Done create(Existing existing) {
        try (Server server = Server.connect(settings)) {
            if (existing == Existing.FINE
                    && server.slot(slot).filter(SlotFacts::isPhysical).isPresent()) {
                return new Done(slot, "already_there", "replication slot \"" + slot + "\" is there already");
            }
            return new Done(slot, "created", made(slot, server.createSlot(slot)));
        }
    }

    /** @throws org.pgpitr.error.PgpitrException if there is none, or somebody receives from it */
    Done drop() {
        try (Server server = Server.connect(settings)) {
            server.dropSlot(slot);
            return new Done(slot, "dropped", "replication slot \"" + slot + "\" is dropped");
        }
    }

    static String made(String slot, Lsn from) {
        return "replication slot \"" + slot + "\" is made; the server keeps WAL from " + from + " on";
    }
}
