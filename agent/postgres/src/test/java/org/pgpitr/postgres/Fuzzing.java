package org.pgpitr.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Gives a parser damaged input, by the thousand: it reads it or throws what it declares, soon, and makes no more of it
 * than its length allows. The seed comes from the parser's name, so that a failure comes again.
 */
public final class Fuzzing {
    /** A parser; what it returns does not matter. */
    @FunctionalInterface
    public interface Parser {
        void parse(byte[] bytes) throws Exception;
    }

    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long SLOW_NANOS = 10_000_000_000L;

    private final String name;
    private final List<byte[]> good;
    private final List<Class<? extends Exception>> declared = new ArrayList<>();
    private int cases = 20_000;
    private long mostBytes = 4 << 20;

    private Fuzzing(String name, List<byte[]> good) {
        this.name = name;
        this.good = good;
    }

    /** @param good input that the parser reads */
    public static Fuzzing of(String name, byte[]... good) {
        return new Fuzzing(name, List.of(good));
    }

    /** What the parser may throw. */
    public Fuzzing declaring(Class<? extends Exception> exception) {
        declared.add(exception);
        return this;
    }

    public Fuzzing cases(int number) {
        cases = number;
        return this;
    }

    /** How much one call may allocate; 4 MB unless this is called. */
    public Fuzzing atMost(long bytes) {
        mostBytes = bytes;
        return this;
    }

    /** Reads what is good, then what is damaged. */
    public void run(Parser parser) {
        for (byte[] bytes : good) {
            try {
                parser.parse(bytes);
            } catch (Exception e) {
                throw new AssertionError(name + ": what is good is not read", e);
            }
        }
        long seed = name.hashCode();
        Random random = new Random(seed);
        for (int i = 0; i < cases; i++) {
            byte[] bytes = Mutations.of(good.get(random.nextInt(good.size())), random);
            String which = name + ", seed " + seed + ", case " + i + ": ";
            long began = System.nanoTime();
            long allocated = THREAD.getCurrentThreadAllocatedBytes();
            try {
                parser.parse(bytes);
            } catch (Exception | Error e) {
                if (declared.stream().noneMatch(each -> each.isInstance(e))) {
                    throw new AssertionError(which + new String(bytes, ISO_8859_1), e);
                }
            }
            allocated = THREAD.getCurrentThreadAllocatedBytes() - allocated;
            if (allocated > mostBytes || System.nanoTime() - began > SLOW_NANOS) {
                throw new AssertionError(which + allocated + " bytes in " + (System.nanoTime() - began) + " ns");
            }
        }
    }
}
