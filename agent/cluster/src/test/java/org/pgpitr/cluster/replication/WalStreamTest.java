package org.pgpitr.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.Lsn;

class WalStreamTest {
    @Test
    void messages_of_the_protocol_are_read() {
        ByteBuffer data = ByteBuffer.allocate(28)
                .put((byte) 'w')
                .putLong(0x100)
                .putLong(0x200)
                .putLong(7);
        data.put(new byte[] {1, 2, 3}).flip();
        assertThat(WalStream.parse(data)).isInstanceOfSatisfying(WalMessage.Data.class, read -> {
            assertThat(read.start()).isEqualTo(new Lsn(0x100));
            assertThat(read.bytes().remaining()).isEqualTo(3);
        });
        ByteBuffer keepAlive =
                ByteBuffer.allocate(18).put((byte) 'k').putLong(1).putLong(2).put((byte) 1);
        assertThat(WalStream.parse(keepAlive.flip())).isEqualTo(new WalMessage.KeepAlive(WalMessage.Reply.WANTED));
    }

    @Test
    void any_other_bytes_are_an_error_that_is_told() {
        byte[] data = ByteBuffer.allocate(28).put((byte) 'w').array();
        byte[] keepAlive = ByteBuffer.allocate(18).put((byte) 'k').array();
        Fuzzing.of("message", data, keepAlive).run(bytes -> {
            boolean isWhole = bytes.length > 0
                    && (bytes[0] == 'w' && bytes.length >= 25 || bytes[0] == 'k' && bytes.length >= 18);
            if (isWhole) {
                assertThat(WalStream.parse(ByteBuffer.wrap(bytes))).isNotNull();
            } else {
                assertThatExceptionOfType(PgpitrException.class)
                        .isThrownBy(() -> WalStream.parse(ByteBuffer.wrap(bytes)));
            }
        });
    }
}
