package org.pgpitr.postgres;

import java.util.Arrays;
import java.util.Random;

/** Seeded damage to bytes, for the fuzzing of parsers. */
public final class Mutations {
    /** What formats give a meaning to, and the ends of what a byte can hold. */
    private static final byte[] TELLING = {0, 1, -1, 127, -128, '0', '9', ' ', '\n', '-', '.', '/', ':', '"', '\\', '%'
    };

    private Mutations() {}

    /** A copy with some bits flipped, bytes replaced, cut out, doubled or filled with one, or its end cut off. */
    public static byte[] of(byte[] bytes, Random random) {
        byte[] mutated = bytes.clone();
        for (int i = random.nextInt(4); i >= 0 && mutated.length > 0; i--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(6)) {
                case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutated[at] = (byte) random.nextInt(256);
                case 2 -> mutated = Arrays.copyOf(mutated, at);
                case 3 ->
                    Arrays.fill(
                            mutated,
                            at,
                            Math.min(mutated.length, at + 1 + random.nextInt(8)),
                            TELLING[random.nextInt(TELLING.length)]);
                case 4 -> mutated = spliced(mutated, at, Math.min(mutated.length, at + 1 + random.nextInt(8)));
                default -> mutated = spliced(mutated, Math.min(mutated.length, at + 1 + random.nextInt(8)), at);
            }
        }
        return mutated;
    }

    /** {@code [0, end)} then {@code [begin, length)}: cuts out where begin is the greater, doubles where end is. */
    private static byte[] spliced(byte[] bytes, int end, int begin) {
        byte[] result = Arrays.copyOf(bytes, end + bytes.length - begin);
        System.arraycopy(bytes, begin, result, end, bytes.length - begin);
        return result;
    }
}
