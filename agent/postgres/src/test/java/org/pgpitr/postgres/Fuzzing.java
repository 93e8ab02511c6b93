package org.pgpitr.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gives a parser damaged input, by the thousand: it reads it or throws what it declares, comes back, and makes no more of
 * it than its length allows. The seed comes from the parser's name, so that a failure comes again; {@code -Dpgpitr.seed=7}
 * takes another one, {@code -Dpgpitr.fuzzing=10} gives ten times as many inputs.
 */
public final class Fuzzing {
    /** A parser; what it returns does not matter. */
    @FunctionalInterface
    public interface Parser {
        void parse(byte[] bytes) throws Exception;
    }

    /** What is done to good input; the good input stays as it is. */
    @FunctionalInterface
    public interface Damage {
        byte[] of(byte[] good, Random random);
    }

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Of processor time: a busy machine does not count. */
    private static final long HANGS_NANOS = 30_000_000_000L;

    private static final int SHOWN = 2_000;

    private final String name;
    private final List<byte[]> good;
    private final List<Class<? extends Exception>> declared = new ArrayList<>();
    private Damage damage = Mutations::of;
    private int cases = 20_000;
    private long freeBytes = 256 << 10;
    private long timesItsLength = 64;

    private volatile String current;
    private volatile long begun;

    private Fuzzing(String name, List<byte[]> good) {
        this.name = name;
        this.good = good;
        this.current = name;
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

    /** Instead of {@link Mutations}. */
    public Fuzzing damagedBy(Damage how) {
        damage = how;
        return this;
    }

    /**
     * How much one call may allocate: 256 kB and 64 times the input's length unless this is called.
     *
     * @param bytes whatever the input is, for what the parser always needs
     * @param times so many bytes for each one of the input
     */
    public Fuzzing atMost(long bytes, long times) {
        freeBytes = bytes;
        timesItsLength = times;
        return this;
    }

    /** Reads what is good, then what is damaged. */
    public void run(Parser parser) {
        FutureTask<Void> all = new FutureTask<>(() -> readAll(parser), null);
        Thread reader = new Thread(all, name);
        // One that hangs can't be ended; it must not keep the tests from ending
        reader.setDaemon(true);
        reader.start();
        try {
            while (!isOver(all)) {
                long since = begun;
                if (since != 0 && THREADS.getThreadCpuTime(reader.getId()) - since > HANGS_NANOS) {
                    throw new AssertionError("hangs: " + current);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("hangs: " + current, e);
        }
    }

    private static boolean isOver(FutureTask<Void> all) throws InterruptedException {
        try {
            all.get(1, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof AssertionError failure ? failure : new AssertionError(e.getCause());
        }
    }

    private void readAll(Parser parser) {
        for (byte[] bytes : good) {
            begin(name + ", what is good");
            try {
                parser.parse(bytes);
            } catch (Exception e) {
                throw new AssertionError(name + ": what is good is not read", e);
            }
        }
        long seed = Long.getLong("pgpitr.seed", name.hashCode());
        int number = cases * Integer.getInteger("pgpitr.fuzzing", 1);
        Random random = new Random(seed);
        for (int i = 0; i < number; i++) {
            byte[] bytes = damage.of(good.get(random.nextInt(good.size())), random);
            begin(name + ", seed " + seed + ", case " + i);
            long most = freeBytes + timesItsLength * bytes.length;
            // What was met for the first time may have loaded classes
            if (allocated(parser, bytes) > most) {
                long again = allocated(parser, bytes);
                if (again > most) {
                    throw new AssertionError(
                            current + ": " + again + " bytes for " + bytes.length + ": " + shown(bytes));
                }
            }
        }
    }

    private void begin(String which) {
        current = which;
        begun = THREADS.getCurrentThreadCpuTime();
    }

    private long allocated(Parser parser, byte[] bytes) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            parser.parse(bytes);
        } catch (Exception | Error e) {
            if (declared.stream().noneMatch(each -> each.isInstance(e))) {
                throw new AssertionError(current + ": " + shown(bytes), e);
            }
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static String shown(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, SHOWN), ISO_8859_1);
    }
}
