package org.pgpitr.it.kit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pgpitr.cli.demo.PostgresBinaries;

/**
 * PostgreSQL of every supported major, from the jars that the build has put into {@code target/postgres}.
 *
 * <p>{@code -Dpgpitr.majors=15,18} keeps a run to some of them; with {@code each} also that runs on all of them which runs on
 * the oldest and the newest else.
 */
public final class Majors {
    private static final String WANTED = System.getProperty("pgpitr.majors", "");
    private static final boolean EACH = WANTED.equals("each");

    public static final int OLDEST = 13;
    public static final int NEWEST = 18;

    private static final Map<Integer, PostgresBinaries> UNPACKED = new ConcurrentHashMap<>();

    private Majors() {}

    /** The majors of this run, for {@code @MethodSource("org.pgpitr.it.kit.Majors#all")}. */
    public static Stream<Integer> all() {
        return WANTED.isBlank() || EACH
                ? IntStream.rangeClosed(OLDEST, NEWEST).boxed()
                : Stream.of(WANTED.split(",")).map(String::strip).map(Integer::valueOf);
    }

    /** The oldest and the newest one of this run, for what changed little in between. */
    public static Stream<Integer> oldestAndNewest() {
        return EACH
                ? all()
                : Stream.of(all().min(Integer::compare).orElseThrow(), newest()).distinct();
    }

    /** As {@link #oldestAndNewest}, in a test that runs on each. */
    public static boolean isOldestOrNewest(int major) {
        return oldestAndNewest().anyMatch(each -> each == major);
    }

    /** Skips a test of a class that runs on each, where what it shows changed little in between. */
    public static void assumeOldestOrNewest(int major) {
        assumeTrue(isOldestOrNewest(major), "tried on the oldest and the newest major");
    }

    /** The newest one of this run, for what need not be tried on each. */
    public static int newest() {
        return all().max(Integer::compare).orElseThrow();
    }

    /** The programs of a major. */
    public static PostgresBinaries binaries(int major) {
        return UNPACKED.computeIfAbsent(major, each -> PostgresBinaries.ofJar(jar(each)));
    }

    /** The jar that holds them. */
    static Path jar(int major) {
        return Stream.of(Path.of("target", "postgres"), Path.of("integration-tests", "target", "postgres"))
                .map(folder -> folder.resolve(major + ".jar").toAbsolutePath())
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no PostgreSQL " + major
                        + " in target/postgres; `mvn test-compile -pl integration-tests -am` puts it there"));
    }
}
