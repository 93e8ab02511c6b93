package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.archive.LocalFiles.SEGMENT;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.FileCompressor;
import org.pgpitr.storage.Content;

class SegmentReadingTest {
    private static final byte[] BYTES = new byte[1 << 20];
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);

    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

    /** A file whose reading waits until it is released, deaf to interrupts, and tells whether there was one. */
    private final Content slow = new Content() {
        @Override
        public long length() {
            return BYTES.length;
        }

        @Override
        public InputStream open() {
            return new FilterInputStream(new ByteArrayInputStream(BYTES)) {
                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    reading.countDown();
                    boolean met = false;
                    while (released.getCount() > 0) {
                        try {
                            released.await();
                        } catch (InterruptedException e) {
                            met = true;
                        }
                    }
                    interrupted.complete(met);
                    return super.read(into, offset, length);
                }
            };
        }
    };

    @Test
    void a_reading_that_is_given_up_is_not_interrupted_since_that_closes_the_channel_that_others_read_too()
            throws Exception {
        WalSegmentName name = WalSegmentName.parse("000000010000000000000001");
        SegmentReading given =
                SegmentReading.begin(new LocalWalFile(Path.of(""), name, slow, BYTES), 3, new PushLimits(1), 1);
        reading.await();
        given.close();
        released.countDown();
        assertThat(interrupted.get(1, TimeUnit.MINUTES)).isFalse();
    }

    @Test
    void a_long_segment_that_is_another_one_when_it_is_read_again_is_not_archived() throws IOException {
        byte[] wal = WalFiles.segment(SEGMENT, CLUSTER, 1);
        byte[] first = Arrays.copyOf(wal, FileCompressor.MAX_FILE + 1);
        byte[] second = first.clone();
        second[second.length - 1] ^= 1;
        AtomicInteger opened = new AtomicInteger();
        for (byte[] again : List.of(first, second)) {
            opened.set(0);
            Content file = new Content() {
                @Override
                public long length() {
                    return first.length;
                }

                @Override
                public InputStream open() {
                    return new ByteArrayInputStream(opened.getAndIncrement() == 0 ? first : again);
                }
            };
            LocalWalFile local = new LocalWalFile(Path.of("segment"), SEGMENT, file, wal);
            try (SegmentReading reading = SegmentReading.begin(local, 3, new PushLimits(1), 1)) {
                if (again == first) {
                    assertThat(reading.compressed().tag().size()).isEqualTo(first.length);
                } else {
                    assertThatThrownBy(reading::compressed)
                            .isInstanceOfSatisfying(
                                    PgpitrException.class,
                                    e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT))
                            .hasMessageContaining("it changed while it was read");
                }
            }
        }
    }
}
