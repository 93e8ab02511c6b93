package org.pgpitr.postgres.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in WAL, as the machines that pgpitr supports write them. */
final class LittleEndian {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static int uint8(byte[] b, int at) {
        return b[at] & 0xFF;
    }

    static int uint16(byte[] b, int at) {
        return (short) SHORT.get(b, at) & 0xFFFF;
    }

    static int int32(byte[] b, int at) {
        return (int) INT.get(b, at);
    }

    static long uint32(byte[] b, int at) {
        return (int) INT.get(b, at) & 0xFFFF_FFFFL;
    }

    static long int64(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }
}
