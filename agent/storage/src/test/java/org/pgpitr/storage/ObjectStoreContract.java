package org.pgpitr.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.StorageException.Kind;

/**
 * What every {@link ObjectStore} does. A subclass gives the store; where it overrides a test, it says why its store
 * deviates.
 */
public abstract class ObjectStoreContract {
    private static final int WRITERS = 8;

    private ObjectStore store;

    /** An empty store of its own for each test. */
    protected abstract ObjectStore createStore() throws Exception;

    /** Whether of several callers exactly one wins. */
    protected boolean decidesRaces() {
        return true;
    }

    protected final ObjectStore store() {
        return store;
    }

    @BeforeEach
    final void makeStore() throws Exception {
        store = createStore();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    @Test
    void an_absent_object_is_empty_and_no_failure() {
        assertThat(store.open(key("none"))).isEmpty();
        assertThat(store.open(key("none"), ByteRange.first(10))).isEmpty();
        assertThat(store.open(key("no/such/folder"))).isEmpty();
        assertThat(store.stat(key("none"))).isEmpty();
        assertThat(store.stat(key("no/such/folder"))).isEmpty();
    }

    @Test
    void what_was_put_comes_back() throws IOException {
        for (int length : new int[] {0, 1, 4096, 65_536, 65_537, 300_000}) {
            byte[] bytes = randomBytes(length);
            assertThat(store.putIfAbsent(key("a/" + length), Content.of(bytes))).isEqualTo(PutResult.CREATED);
            assertThat(read("a/" + length)).isEqualTo(bytes);
        }
    }

    @Test
    void a_stat_tells_length_and_time() {
        Instant before = Instant.now();
        put("a/b", "12345");
        ObjectStat stat = store.stat(key("a/b")).orElseThrow();
        assertThat(stat.length()).isEqualTo(5);
        assertThat(stat.modified()).isBetween(before.minus(Duration.ofMinutes(2)), before.plus(Duration.ofMinutes(2)));
        assertThat(store.stat(key("a/b"))).contains(stat);
    }

    @Test
    void a_folder_is_no_object() {
        put("a/b/c", "1");
        assertThat(store.stat(key("a/b"))).isEmpty();
        assertThat(store.open(key("a/b"))).isEmpty();
        assertThat(store.stat(key("a/b/c/d"))).isEmpty();
        assertThat(store.open(key("a/b/c/d"))).isEmpty();
    }

    @Test
    void an_object_is_created_once_and_never_changed_by_a_second_put() throws IOException {
        assertThat(put("a", "first")).isEqualTo(PutResult.CREATED);
        ObjectVersion version = version("a");
        assertThat(put("a", "other")).isEqualTo(PutResult.EXISTS);
        assertThat(put("a", "first")).isEqualTo(PutResult.EXISTS);
        assertThat(text("a")).isEqualTo("first");
        assertThat(version("a")).isEqualTo(version);
    }

    @Test
    void a_long_object_is_created_once_too() throws IOException {
        byte[] bytes = randomBytes(6 << 20);
        byte[] others = bytes.clone();
        others[others.length - 1]++;
        assertThat(store.putIfAbsent(key("long"), Content.of(bytes))).isEqualTo(PutResult.CREATED);
        assertThat(store.putIfAbsent(key("long"), Content.of(others))).isEqualTo(PutResult.EXISTS);
        assertThat(read("long")).isEqualTo(bytes);
    }

    @Test
    void of_many_writers_of_one_key_exactly_one_creates_it() throws Exception {
        for (int round = 0; decidesRaces() && round < 5; round++) {
            String key = "race/" + round;
            List<PutResult> results = inParallel(writer -> put(key, "writer " + writer + "x".repeat(10_000)));
            assertThat(Collections.frequency(results, PutResult.CREATED)).isEqualTo(1);
            assertThat(text(key)).startsWith("writer " + results.indexOf(PutResult.CREATED) + "x");
        }
    }

    @Test
    void many_writers_make_one_folder() throws Exception {
        List<PutResult> results = inParallel(writer -> put("new/folder/for/all/" + writer, "1"));
        assertThat(results).containsOnly(PutResult.CREATED);
        assertThat(keys("new/")).hasSize(WRITERS);
    }

    @Test
    void ranges_are_cut_at_the_end_of_the_object() throws IOException {
        put("a", "0123456789");
        assertThat(text("a", 0, 4)).isEqualTo("0123");
        assertThat(text("a", 3, 1)).isEqualTo("3");
        assertThat(text("a", 7, 3)).isEqualTo("789");
        assertThat(text("a", 7, 100)).isEqualTo("789");
        assertThat(text("a", 7, Long.MAX_VALUE)).isEqualTo("789");
        assertThat(text("a", 10, 1)).isEmpty();
        assertThat(text("a", 1_000, 5)).isEmpty();
        put("empty", "");
        assertThat(text("empty", 0, 5)).isEmpty();
    }

    @Test
    void a_stream_may_be_closed_before_its_end() throws IOException {
        byte[] bytes = randomBytes(1 << 20);
        store.putIfAbsent(key("a"), Content.of(bytes));
        for (int i = 0; i < 20; i++) {
            try (InputStream in = store.open(key("a")).orElseThrow()) {
                assertThat(in.readNBytes(100)).hasSize(100);
            }
        }
        assertThat(read("a")).isEqualTo(bytes);
    }

    @Test
    void a_content_that_fails_midway_publishes_nothing() {
        assertThat(refusesContent(content(new byte[100_000], 200_000, AtEnd.FAIL)))
                .hasMessageContaining("the source failed on purpose");
        refusesContent(content(new byte[10], 20, AtEnd.FAIL));
        refusesContent(content(new byte[0], 20, AtEnd.FAIL));
    }

    @Test
    void a_content_shorter_than_announced_publishes_nothing() {
        refusesContent(content(new byte[99_999], 100_000, AtEnd.END));
        refusesContent(content(new byte[0], 1, AtEnd.END));
    }

    @Test
    void a_content_longer_than_announced_publishes_nothing() {
        refusesContent(content(new byte[100_001], 100_000, AtEnd.END));
        refusesContent(content(new byte[1], 0, AtEnd.END));
    }

    private StorageException refusesContent(Content broken) {
        StorageException failure =
                catchThrowableOfType(StorageException.class, () -> store.putIfAbsent(key("folder/broken"), broken));
        assertThat(failure.kind()).isEqualTo(Kind.SOURCE_FAILED);
        assertThat(failure).hasMessageContaining("folder/broken").hasMessageContaining(store.location());
        assertThat(store.stat(key("folder/broken"))).isEmpty();
        assertThat(keys("")).isEmpty();
        return failure;
    }

    @Test
    void a_content_that_fails_leaves_the_replaced_object_as_it_was() throws IOException {
        put("a", "first");
        ObjectVersion version = version("a");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.replace(key("a"), content(new byte[5], 10, AtEnd.END), version));
        assertThat(text("a")).isEqualTo("first");
        assertThat(version("a")).isEqualTo(version);
    }

    @Test
    void a_replacement_needs_the_version_that_is_there() throws IOException {
        put("lease", "first");
        ObjectVersion first = version("lease");
        ObjectVersion second =
                store.replace(key("lease"), Content.of(bytes("second")), first).orElseThrow();
        assertThat(second).isNotEqualTo(first);
        assertThat(version("lease")).isEqualTo(second);
        assertThat(store.replace(key("lease"), Content.of(bytes("third")), first))
                .isEmpty();
        assertThat(text("lease")).isEqualTo("second");
        assertThat(store.replace(key("lease"), Content.of(bytes("third")), second))
                .isPresent();
        assertThat(text("lease")).isEqualTo("third");
    }

    @Test
    void an_absent_object_is_not_replaced() {
        put("lease", "first");
        ObjectVersion version = version("lease");
        store.delete(Set.of(key("lease")));
        assertThat(store.replace(key("lease"), Content.of(bytes("second")), version))
                .isEmpty();
        assertThat(store.stat(key("lease"))).isEmpty();
    }

    @Test
    void of_many_replacements_of_one_version_exactly_one_wins() throws Exception {
        put("lease", "0");
        for (int round = 0; decidesRaces() && round < 5; round++) {
            ObjectVersion version = version("lease");
            int r = round;
            List<Optional<ObjectVersion>> results = inParallel(writer ->
                    store.replace(key("lease"), Content.of(bytes("round " + r + " writer " + writer)), version));
            assertThat(results).filteredOn(Optional::isPresent).hasSize(1);
            int winner = results.indexOf(
                    results.stream().filter(Optional::isPresent).findAny().orElseThrow());
            assertThat(text("lease")).isEqualTo("round " + round + " writer " + winner);
            assertThat(version("lease")).isEqualTo(results.get(winner).orElseThrow());
        }
    }

    @Test
    void listings_come_in_the_byte_order_of_the_keys() {
        List<String> keys = List.of(
                "a-b", "a.b", "a/b", "a/b-c", "a/b.c/d", "a0", "aA", "a_b", "aa", "b/1/z", "b/1.x", "b/10", "b/1-x",
                "B", "b+c", "a=b", "a/Z", "a/c/1", "a/c/2/3", "a/c-d");
        List<String> shuffled = new ArrayList<>(keys);
        Collections.shuffle(shuffled, new Random(7));
        shuffled.forEach(key -> put(key, "1"));
        List<String> sorted = keys.stream().sorted().toList();
        assertThat(keys("")).isEqualTo(sorted);
        for (String prefix :
                List.of("a", "a/", "a/b", "a/c", "a/c/", "a/c/2", "b/1", "b/1/", "b", "x", "a/b-c", "a//")) {
            assertThat(keys(prefix))
                    .as("prefix %s", prefix)
                    .isEqualTo(sorted.stream()
                            .filter(key -> key.startsWith(prefix))
                            .toList());
            for (String after : sorted) {
                assertThat(keysAfter(prefix, after))
                        .as("prefix %s after %s", prefix, after)
                        .isEqualTo(sorted.stream()
                                .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
                                .toList());
            }
        }
        assertThat(keysAfter("a/", "0")).isEqualTo(keys("a/"));
        assertThat(keysAfter("a/", "a/b.c")).startsWith("a/b.c/d");
        assertThat(keysAfter("a/", "z")).isEmpty();
    }

    @Test
    void a_prefix_is_no_path() {
        put("a/b", "1");
        for (String prefix : List.of("/", "a/b/", "a/b/c", "../", "a/../", "./a", "a/./b", "b", "*", "a/*")) {
            assertThat(keys(prefix)).as("prefix %s", prefix).isEmpty();
        }
    }

    @Test
    void a_listing_gives_what_stat_gives() {
        put("a/1", "1");
        put("a/22", "22");
        List<ObjectStat> stats = new ArrayList<>();
        store.list("a/", (key, stat) -> {
            assertThat(stat.length()).isEqualTo(key.lastPart().length());
            assertThat(stat.version()).isEqualTo(store.stat(key).orElseThrow().version());
            stats.add(stat);
            return Next.CONTINUE;
        });
        assertThat(stats).hasSize(2);
    }

    @Test
    void a_listing_stops_when_told() {
        IntStream.range(0, 5).forEach(i -> put("a/" + i, "1"));
        List<ObjectKey> seen = new ArrayList<>();
        store.list("a/", (key, stat) -> {
            seen.add(key);
            return seen.size() == 2 ? Next.STOP : Next.CONTINUE;
        });
        assertThat(seen).containsExactly(key("a/0"), key("a/1"));
    }

    @Test
    void a_failing_visitor_ends_the_listing_with_its_own_failure() {
        put("a/1", "1");
        put("a/2", "2");
        List<ObjectKey> seen = new ArrayList<>();
        StorageException own = new StorageException(Kind.UNAVAILABLE, "the visitor's own");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.list("a/", (key, stat) -> {
                    seen.add(key);
                    throw own;
                }))
                .isSameAs(own);
        assertThat(seen).hasSize(1);
    }

    @Test
    void more_than_a_thousand_objects_are_listed_and_deleted() throws Exception {
        List<ObjectKey> keys = IntStream.range(0, 1_101)
                .mapToObj(i -> key("many/%02d/%04d".formatted(i / 100, i)))
                .toList();
        inParallel(writer -> {
            for (int i = writer; i < keys.size(); i += WRITERS) {
                store.putIfAbsent(keys.get(i), Content.of(new byte[0]));
            }
            return "";
        });
        put("other", "1");
        assertThat(keys("many/")).isEqualTo(keys.stream().map(ObjectKey::value).toList());
        assertThat(keysAfter("many/", "many/10/1049")).hasSize(51);
        assertThat(store.delete(keys).survivors()).isEmpty();
        assertThat(keys("")).containsExactly("other");
    }

    @Test
    void deleting_what_is_absent_is_success() {
        put("a/b/c", "1");
        assertThat(store.delete(List.of()).survivors()).isEmpty();
        assertThat(store.delete(List.of(key("none"), key("a/b"), key("a/b/c"), key("a/b/c/d"), key("x/y")))
                        .survivors())
                .isEmpty();
        assertThat(store.delete(List.of(key("a/b/c"))).survivors()).isEmpty();
        assertThat(store.stat(key("a/b/c"))).isEmpty();
        assertThat(keys("")).isEmpty();
    }

    @Test
    void a_deleted_object_can_be_created_again() throws IOException {
        put("a/b/c", "first");
        store.delete(List.of(key("a/b/c")));
        assertThat(put("a/b/c", "second")).isEqualTo(PutResult.CREATED);
        assertThat(text("a/b/c")).isEqualTo("second");
        store.delete(List.of(key("a/b/c")));
        assertThat(put("a", "a file where a folder was")).isEqualTo(PutResult.CREATED);
    }

    @Test
    void the_probe_finds_what_the_store_promises() {
        ConditionalWriteProbe.Findings findings = ConditionalWriteProbe.run(store, key("probe/1"));
        assertThat(findings.conditionalWritesHonoured()).isTrue();
        assertThat(findings.deletion()).isEqualTo(ConditionalWriteProbe.Deletion.ALLOWED);
        assertThat(keys("")).isEmpty();
    }

    @Test
    void the_location_is_a_url() {
        assertThat(store.location()).matches("[a-z0-9]+:.*");
    }

    // What the tests are written with.

    protected static ObjectKey key(String key) {
        return ObjectKey.of(key);
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    protected final PutResult put(String key, String text) {
        return store.putIfAbsent(key(key), Content.of(bytes(text)));
    }

    protected final byte[] read(String key) throws IOException {
        try (InputStream in = store.open(key(key)).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    protected final String text(String key) throws IOException {
        return new String(read(key), StandardCharsets.UTF_8);
    }

    private String text(String key, long offset, long length) throws IOException {
        try (InputStream in =
                store.open(key(key), new ByteRange(offset, length)).orElseThrow()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    protected final ObjectVersion version(String key) {
        return store.stat(key(key)).orElseThrow().version();
    }

    protected final List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        store.list(prefix, (key, stat) -> {
            keys.add(key.value());
            return Next.CONTINUE;
        });
        return keys;
    }

    private List<String> keysAfter(String prefix, String after) {
        List<String> keys = new ArrayList<>();
        store.listAfter(prefix, key(after), (key, stat) -> {
            keys.add(key.value());
            return Next.CONTINUE;
        });
        return keys;
    }

    /** What a content does when it has delivered its bytes. */
    private enum AtEnd {
        END,
        FAIL
    }

    /** Delivers {@code bytes}, whatever length it announces. */
    private static Content content(byte[] bytes, long length, AtEnd atEnd) {
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() {
                InputStream delivered = new ByteArrayInputStream(bytes);
                return atEnd == AtEnd.END ? delivered : new SequenceInputStream(delivered, new FailingStream());
            }
        };
    }

    private static final class FailingStream extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the source failed on purpose");
        }
    }

    @FunctionalInterface
    private interface Writer<T> {
        T write(int number) throws Exception;
    }

    private static <T> List<T> inParallel(Writer<T> writer) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS, task -> {
            Thread thread = new Thread(task, "writer");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Callable<T>> tasks = IntStream.range(0, WRITERS)
                    .<Callable<T>>mapToObj(number -> () -> writer.write(number))
                    .collect(Collectors.toList());
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
