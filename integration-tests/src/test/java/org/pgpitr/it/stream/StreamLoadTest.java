package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.service.spool.Spool;

/**
 * A server that writes as fast as it can: segments are archived while pieces of the next ones are stored. {@code
 * -Dpgpitr.stream.segments=60} is the long run.
 */
@Tag("scenario")
class StreamLoadTest {
    private static final int SEGMENTS = Integer.getInteger("pgpitr.stream.segments", 4);
    /** The backup is taken so many before the end: to replay all of a long run would tell no more. */
    private static final int RECOVERED = 4;

    /** Rows of a kilobyte that are hard to compress; so many fill a segment of 16 MB. */
    private static final String SEGMENT_OF_ROWS =
            "insert into bulk select string_agg(md5(random()::text), '') from generate_series(1, 15000) r,"
                    + " generate_series(1, 32) g group by r";

    private enum Receiver {
        /** Alone, into an encrypted repository on a disk. */
        STREAM(Variant.DISK_ENCRYPTED, "stream-alone.conf", 256),
        /** The agent, which archives the same segments too, into one on S3; a sixteenth more than it is to take on a quiet machine. */
        AGENT(Variant.S3_ENCRYPTED, "stream-with-hook.conf", 272);

        private final Variant variant;
        private final String sample;
        private final long megabytes;

        Receiver(Variant variant, String sample, long megabytes) {
            this.variant = variant;
            this.sample = sample;
            this.megabytes = megabytes;
        }

        private Streaming begin(Cluster source) {
            return this == STREAM ? Streaming.begin(source) : Streaming.agent(source);
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_receiver_keeps_up_in_bounded_memory_and_all_of_it_is_recovered(Receiver receiver) throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.stopped(work, Majors.newest(), receiver.variant, receiver.sample);
            source.pgpitr()
                    .variable(Spool.VARIABLE, work.folder("spool").toString())
                    .variable("PGPITR_AGENT_METRICS", "127.0.0.1:0");
            Streaming.begun(source);
            source.server()
                    .execute("create table bulk (filler text)", "alter table bulk alter filler set storage plain");
            Streaming.createSlot(source);
            Moment end;
            try (Streaming stream = receiver.begin(source)) {
                for (int i = 0; i < SEGMENTS; i++) {
                    if (i == Math.max(0, SEGMENTS - RECOVERED)) {
                        source.backup();
                    }
                    source.server().execute(SEGMENT_OF_ROWS);
                }
                end = source.insert("end");
                Streaming.awaitDurable(source);
                long most = stream.mostMemory();
                System.out.println(receiver + ": its memory after " + SEGMENTS + " segments: " + most + " MB");
                assertThat(most).isLessThanOrEqualTo(receiver.megabytes);
                if (receiver == Receiver.STREAM) {
                    source.server().await("the pieces of whole segments to go", () -> Streaming.pieces(source) <= 3);
                }
                stream.kill();
            }
            source.server().kill();
            source.recover().expect(end);
        }
    }
}
