package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/**
 * A server that writes as fast as it can: segments are archived while pieces of the next ones are stored. {@code
 * -Dpgpitr.stream.segments=60} is the long run.
 */
@Tag("scenario")
class StreamLoadTest {
    private static final int SEGMENTS = Integer.getInteger("pgpitr.stream.segments", 4);
    /** The backup is taken so many before the end: to replay all of a long run would tell no more. */
    private static final int RECOVERED = 4;

    private static final long MEGABYTES = 256;
    /** Rows of a kilobyte that are hard to compress; so many fill a segment of 16 MB. */
    private static final String SEGMENT_OF_ROWS =
            "insert into bulk select string_agg(md5(random()::text), '') from generate_series(1, 15000) r,"
                    + " generate_series(1, 32) g group by r";

    @Test
    void the_receiver_keeps_up_in_bounded_memory_and_all_of_it_is_recovered() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.cluster(work, Majors.newest(), Variant.DISK_ENCRYPTED, "stream-alone.conf");
            source.server()
                    .execute("create table bulk (filler text)", "alter table bulk alter filler set storage plain");
            Streaming.createSlot(source);
            Moment end;
            try (Streaming stream = Streaming.begin(source)) {
                for (int i = 0; i < SEGMENTS; i++) {
                    if (i == Math.max(0, SEGMENTS - RECOVERED)) {
                        source.backup();
                    }
                    source.server().execute(SEGMENT_OF_ROWS);
                }
                end = source.insert("end");
                Streaming.awaitDurable(source);
                long most = stream.mostMemory();
                System.out.println("the receiver's memory after " + SEGMENTS + " segments: " + most + " MB");
                assertThat(most).isLessThanOrEqualTo(MEGABYTES);
                source.server().await("the pieces of whole segments to go", () -> Streaming.pieces(source) <= 3);
                stream.kill();
            }
            source.server().kill();
            source.recover().expect(end);
        }
    }
}
