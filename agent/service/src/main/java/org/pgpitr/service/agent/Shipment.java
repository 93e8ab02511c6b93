package org.pgpitr.service.agent;

import org.pgpitr.postgres.WalFileName;

/** A file on its way into the repositories. Guarded by its {@link Archiver}. */
final class Shipment {
    /** How far it is. */
    enum State {
        WAITING,
        UNDER_WAY,
        /** In every repository. */
        DURABLE
    }

    private final WalFileName name;
    private final Pause pause = new Pause();
    private State state = State.WAITING;
    private FileStamp stamp;
    private Trouble trouble;
    private boolean inSome;
    private boolean acknowledged;

    Shipment(WalFileName name) {
        this.name = name;
    }

    WalFileName name() {
        return name;
    }

    State state() {
        return state;
    }

    /** The file that is durable. */
    FileStamp stamp() {
        return stamp;
    }

    /** Why the last attempt failed; null if it did not. */
    Trouble trouble() {
        return trouble;
    }

    /** Whether some repositories hold it, and it waits for those whose stores fail. */
    boolean isInSome() {
        return inSome;
    }

    boolean isAcknowledged() {
        return acknowledged;
    }

    boolean mayBegin() {
        return state == State.WAITING && pause.isOver();
    }

    void begin() {
        state = State.UNDER_WAY;
    }

    void arrived(FileStamp file) {
        state = State.DURABLE;
        stamp = file;
        inSome = false;
        trouble = null;
        pause.succeeded();
    }

    /** Some repositories have taken it. */
    void failedInOthers(Trouble why) {
        state = State.WAITING;
        trouble = why;
        inSome = true;
    }

    /** The stores that it waited for are there again. */
    void goOn() {
        if (inSome) {
            inSome = false;
            trouble = null;
        }
    }

    void failed(Trouble why) {
        state = State.WAITING;
        trouble = why;
        inSome = false;
        pause.failed();
    }

    void acknowledge() {
        acknowledged = true;
    }
}
