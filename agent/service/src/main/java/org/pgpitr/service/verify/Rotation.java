package org.pgpitr.service.verify;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.BitSet;
import java.util.zip.CRC32;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectStore.PutResult;

/**
 * Deals the parts of a sampled verification out to its runs, whatever hosts they run on and whenever: a run claims the
 * first part of the round that nobody has claimed, and records it when it is done. A part that was claimed and never
 * done (its run was interrupted) is dealt out once more before the round ends. The records are created if-absent and
 * never changed, so credentials that can only add are enough; those of {@link PastRounds} go with {@code pgpitr expire}.
 * What belongs to which part depends on names alone.
 */
final class Rotation {
    private final Generation generation;
    private final String scope;
    private final int parts;
    private final Clock clock;

    Rotation(Generation generation, String scope, int parts, Clock clock) {
        this.generation = generation;
        this.scope = scope;
        this.parts = parts;
        this.clock = clock;
    }

    /** One part of one round, both counted from 0. */
    record Turn(int round, int part) {}

    /** The newest round there is. */
    private static final class Round {
        private int number;
        private final BitSet claimed = new BitSet();
        private final BitSet done = new BitSet();

        void add(int round, int part, String state) {
            if (round > number) {
                number = round;
                claimed.clear();
                done.clear();
            }
            if (round == number) {
                (state.equals("done") ? done : claimed).set(part);
            }
        }
    }

    /** The part that this run is to verify. */
    Turn next() {
        Round round = read();
        if (round.done.cardinality() == parts) {
            round.add(round.number + 1, 0, "claimed");
            round.claimed.clear();
        }
        for (int part = round.claimed.nextClearBit(0); part < parts; part = round.claimed.nextClearBit(part + 1)) {
            Turn turn = new Turn(round.number, part);
            if (put(turn, "claimed") == PutResult.CREATED) {
                return turn;
            }
        }
        return new Turn(round.number, Math.min(round.done.nextClearBit(0), parts - 1));
    }

    private Round read() {
        Round round = new Round();
        generation.store().list(generation.layout().samplePrefix(scope, parts), (key, stat) -> {
            generation
                    .layout()
                    .sampleAt(key)
                    .filter(record -> record.part() < parts)
                    .ifPresent(record -> round.add(record.round(), record.part(), record.state()));
            return Next.CONTINUE;
        });
        return round;
    }

    /** Records that a part was verified to its end, whatever was found. */
    void done(Turn turn) {
        put(turn, "done");
    }

    private PutResult put(Turn turn, String state) {
        byte[] json = ("{\"pgpitr\":1,\"state\":\"" + state + "\",\"at\":\"" + clock.instant() + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        return generation
                .store()
                .putIfAbsent(
                        generation.layout().sample(scope, parts, turn.round(), turn.part(), state), Content.of(json));
    }

    /** Which part a piece of work belongs to. */
    int partOf(String name) {
        CRC32 hash = new CRC32();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % parts);
    }
}
