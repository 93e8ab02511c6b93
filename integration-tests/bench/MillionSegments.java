package org.pgpitr.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.CheckpointAt;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.TransactionTotals;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.postgres.wal.XidRange;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.LaneWriter;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.index.GrowingRollUps;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.memory.MemoryStore;

/**
 * A repository of very many segments behind a small server that speaks as much of S3 as reading takes, with a latency for
 * each request. Roll-ups and backups are real objects in memory, made as the agent and `backup` make them; a segment's
 * object is made when it is asked for, of real WAL: a checkpoint and twenty commits, then a switch, and now and then a restore
 * point.
 *
 * <p>Control: {@code GET /-/latency?get=MS&list=MS} sets it, {@code GET /-/report} tells what was asked since, and forgets
 * it.
 */
public final class MillionSegments {
    private static final WalSegmentSize SIZE = WalSegmentSize.DEFAULT;
    private static final PostgresMajor MAJOR = new PostgresMajor(17);
    private static final SystemIdentifier CLUSTER = new SystemIdentifier(7312345678901234567L);
    private static final RelationLocator TABLE = new RelationLocator(1663, 5, 16_384);
    private static final Instant BEGIN = Instant.parse("2016-11-28T00:00:00Z");
    private static final int COMMITS = 20;
    /** Ten years. */
    private static final int SECONDS_A_SEGMENT = 315;

    private static final long FIRST = 10_017;
    private static final int BACKUPS = 60;
    private static final int SEGMENTS_A_POINT = 20_000;
    private static final int AS_LONG_AS_A_POINT = 24 + 2 + 72;
    /** The lengths of records, with what aligns the next one. */
    private static final int CHECKPOINT = 120;

    private static final int ALIGNED_POINT = 104;
    private static final int PAGE = 1000;

    private final long last;
    private final MemoryStore store = new MemoryStore();
    private final Generation generation;
    private final Map<Long, byte[]> made = new ConcurrentHashMap<>();
    /** So that on one machine the server takes as little of the processors as may be. */
    private final Map<List<String>, byte[]> pages = new ConcurrentHashMap<>();
    private final SegmentSummary pattern;
    private final AtomicLong lists = new AtomicLong();
    private final AtomicLong gets = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile long listMillis;
    private volatile long getMillis;

    private MillionSegments(long count) throws IOException {
        this.last = FIRST + count - 1;
        this.generation = new Repository(store, new ClusterName("main"), Keys.none(), 3)
                .create(new ClusterIdentity(
                        ClusterIdentity.FORMAT_VERSION, 1, CLUSTER, MAJOR, SIZE, Encryption.NONE, BEGIN));
        this.pattern = read(FIRST);
    }

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(TimelineId.FIRST, number, SIZE);
    }

    private static long xid(long number, int commit) {
        return (3 + number * COMMITS + commit) & 0xFFFF_FFFFL;
    }

    /** The name of the restore point in a segment; few have one. */
    private static Optional<String> point(long number) {
        return (number - FIRST) % SEGMENTS_A_POINT == SEGMENTS_A_POINT / 2
                ? Optional.of("p" + (number - FIRST) / SEGMENTS_A_POINT)
                : Optional.empty();
    }

    private static Instant time(long number, int commit) {
        return BEGIN.plusSeconds((number - FIRST) * SECONDS_A_SEGMENT + commit * 10L);
    }

    /** A segment; all have the same records, so the one before it says what its first record follows. */
    private static byte[] wal(long number) {
        WalWriter wal = new WalWriter(MAJOR, SIZE, CLUSTER, name(number - 1));
        for (long each = number - 1; each <= number; each++) {
            wal.checkpoint(xid(each, 0));
            if (point(each).isPresent()) {
                wal.restorePoint(point(each).get(), time(each, 0));
            } else {
                wal.filler(AS_LONG_AS_A_POINT, (byte) 0);
            }
            for (int i = 0; i < COMMITS; i++) {
                wal.row(RowChange.INSERT, xid(each, i), TABLE);
                wal.commit(xid(each, i), time(each, i));
            }
            wal.switchSegment();
        }
        return wal.take(number);
    }

    private static SegmentSummary read(long number) throws IOException {
        return SegmentInspection.summary(name(number), Content.of(wal(number))).orElseThrow();
    }

    /** What a segment tells, without making it. */
    private SegmentSummary summary(long number) {
        long moved = (number - FIRST) * SIZE.bytes();
        TransactionTotals commits = pattern.facts().transactions();
        WalFacts facts = pattern.facts();
        WalFacts.Totals totals = facts.totals();
        Lsn behindCheckpoint = facts.checkpoints().get(0).lsn().plus(moved + CHECKPOINT);
        List<RestorePoint> points = point(number)
                .map(name -> List.of(
                        new RestorePoint(name, behindCheckpoint.plus(ALIGNED_POINT), time(number, 0))))
                .orElse(List.of());
        return new SegmentSummary(
                name(number),
                1,
                SIZE,
                MAJOR,
                pattern.front(),
                pattern.firstPrevious().map(lsn -> lsn.plus(moved)),
                pattern.last().map(lsn -> lsn.plus(moved)),
                pattern.back(),
                pattern.end(),
                pattern.walEnd().plus(moved),
                new WalFacts(
                        new WalFacts.Totals(
                                totals.records(),
                                points.size(),
                                totals.checkpoints(),
                                0,
                                0,
                                0,
                                0,
                                0,
                                totals.inserted(),
                                0,
                                0,
                                0),
                        new TransactionTotals(
                                commits.commits(),
                                0,
                                commits.first().map(end -> end(end, moved, number, 0)),
                                commits.last().map(end -> end(end, moved, number, COMMITS - 1)),
                                Optional.of(time(number, 0)),
                                Optional.of(time(number, COMMITS - 1)),
                                Optional.of(time(number, COMMITS - 1)),
                                Optional.of(new XidRange(xid(number, 0), xid(number, COMMITS - 1))),
                                Optional.of(xid(number, COMMITS - 1))),
                        points,
                        List.of(new CheckpointAt(
                                facts.checkpoints().get(0).lsn().plus(moved),
                                facts.checkpoints().get(0).redo().plus(moved),
                                xid(number, 0))),
                        facts.timelineSwitches(),
                        facts.relations(),
                        facts.databases(),
                        facts.rows(),
                        facts.cutShort()));
    }

    private static TransactionEnd end(TransactionEnd end, long moved, long number, int commit) {
        return new TransactionEnd(
                end.outcome(), xid(number, commit), time(number, commit), end.start().plus(moved), end.end().plus(moved));
    }

    private void make() throws IOException {
        for (long number = FIRST; number <= last; number += Math.max(1, (last - FIRST) / 7)) {
            requireTrue(number);
        }
        requireTrue(FIRST + SEGMENTS_A_POINT / 2);
        GrowingRollUps rollUps = new GrowingRollUps(() -> generation, broken -> {
            throw new IllegalStateException(broken.toString());
        });
        long rolledUp = 0;
        for (long number = FIRST; number <= last; number++) {
            rolledUp += rollUps.add(summary(number)).size();
        }
        for (int i = 0; i < BACKUPS; i++) {
            backup(FIRST + 1 + i * ((last - FIRST) / BACKUPS));
        }
        System.err.println(rolledUp + " groups rolled up, " + BACKUPS + " backups");
    }

    private void requireTrue(long number) throws IOException {
        if (!summary(number).equals(read(number))) {
            throw new IllegalStateException(
                    "the summary of " + name(number) + " is not what its WAL tells: " + summary(number) + ", " + read(number));
        }
    }

    private void backup(long segment) {
        BackupId id = BackupId.at(time(segment, 0));
        ExecutorService uploads = Executors.newSingleThreadExecutor();
        try (ManifestWriter manifest = new ManifestWriter(generation, id)) {
            ManifestEntry directory = ManifestEntry.directory("global", 0700, id.time());
            LaneTotals written;
            try (LaneWriter lane = new LaneWriter(generation, id, 0, uploads)) {
                manifest.add(directory.at(lane.begin(directory)));
                lane.end();
                written = lane.finish();
            }
            List<LaneTotals> lanes =
                    List.of(new LaneTotals(0, written.objects(), 1, written.plainBytes(), written.storedBytes()));
            Lsn start = name(segment).start(SIZE);
            manifest.commit(
                    new BackupSummary(
                            id, CLUSTER, MAJOR, "17.0", "0", "", id.time(), id.time().plusSeconds(60),
                            TimelineId.FIRST, start.plus(0x28), start.plus(0x100), SIZE, BackupSummary.Source.PRIMARY,
                            xid(segment, 0), xid(segment, 1), BackupSummary.Checksums.ON, List.of(), List.of(),
                            manifest.files(), manifest.originalBytes(), written.storedBytes(), 1),
                    lanes);
        } finally {
            uploads.shutdownNow();
        }
    }

    /** A segment's object. */
    private byte[] object(long number) {
        return made.computeIfAbsent(number, any -> {
            try (Encoded encoded = generation
                            .codec()
                            .encodeFile(
                                    name(number).toString(),
                                    Content.of(wal(number)),
                                    SummaryFormat.write(summary(number)));
                    InputStream in = encoded.content().open()) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private Optional<Long> segmentAt(ObjectKey key) {
        return generation
                .layout()
                .walFileAt(key)
                .filter(WalSegmentName.class::isInstance)
                .map(file -> ((WalSegmentName) file).number(SIZE))
                .filter(number -> number >= FIRST && number <= last);
    }

    private Optional<byte[]> bytes(String key) throws IOException {
        if (!ObjectKey.isValid(key)) {
            return Optional.empty();
        }
        Optional<Long> segment = segmentAt(ObjectKey.of(key));
        if (segment.isPresent()) {
            return Optional.of(object(segment.get()));
        }
        Optional<InputStream> stored = store.open(ObjectKey.of(key));
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = stored.get()) {
            return Optional.of(in.readAllBytes());
        }
    }

    /** The keys of a page and one more, with their lengths. */
    private TreeMap<String, Long> keys(String prefix, String after) {
        TreeMap<String, Long> keys = new TreeMap<>();
        store.list(prefix, (key, stat) -> {
            if (key.value().compareTo(after) > 0) {
                keys.put(key.value(), stat.length());
            }
            return keys.size() > PAGE ? ObjectStore.ListVisitor.Next.STOP : ObjectStore.ListVisitor.Next.CONTINUE;
        });
        long low = FIRST;
        long high = last + 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            String key = generation.layout().wal(name(middle)).value();
            if (key.compareTo(after) > 0 && key.compareTo(prefix) >= 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        for (long number = low; number <= last && number <= low + PAGE; number++) {
            String key = generation.layout().wal(name(number)).value();
            if (!key.startsWith(prefix)) {
                break;
            }
            keys.put(key, 1_234_567L);
        }
        return keys;
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        String text = exchange.getRequestURI().getRawQuery();
        for (String part : text == null ? new String[0] : text.split("&")) {
            String[] words = part.split("=", 2);
            query.put(words[0], words.length > 1 ? URLDecoder.decode(words[1], StandardCharsets.UTF_8) : "");
        }
        return query;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Map<String, String> query = query(exchange);
            if (path.startsWith("/-/")) {
                control(exchange, path, query);
            } else if (query.containsKey("list-type")) {
                pause(listMillis);
                lists.incrementAndGet();
                send(exchange, 200, listing(query), exchange.getRequestMethod());
            } else {
                pause(getMillis);
                gets.incrementAndGet();
                get(exchange, path.substring(path.indexOf('/', 1) + 1));
            }
        }
    }

    private void control(HttpExchange exchange, String path, Map<String, String> query) throws IOException {
        if (path.equals("/-/latency")) {
            getMillis = Long.parseLong(query.get("get"));
            listMillis = Long.parseLong(query.get("list"));
        }
        String report = (lists.getAndSet(0) + " " + gets.getAndSet(0) + " " + bytes.getAndSet(0)) + "\n";
        send(exchange, 200, report.getBytes(StandardCharsets.US_ASCII), "GET");
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] listing(Map<String, String> query) {
        String after = query.getOrDefault("continuation-token", query.getOrDefault("start-after", ""));
        return pages.computeIfAbsent(
                List.of(query.getOrDefault("prefix", ""), after), page -> listing(page.get(0), page.get(1)));
    }

    private byte[] listing(String prefix, String after) {
        List<Map.Entry<String, Long>> keys = new ArrayList<>(keys(prefix, after).entrySet());
        boolean cut = keys.size() > PAGE;
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                + "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>" + cut
                + "</IsTruncated>");
        int count = Math.min(PAGE, keys.size());
        for (Map.Entry<String, Long> key : keys.subList(0, count)) {
            xml.append("<Contents><Key>").append(key.getKey()).append("</Key><LastModified>2026-11-28T00:00:00.000Z")
                    .append("</LastModified><ETag>&quot;00000000000000000000000000000000&quot;</ETag><Size>")
                    .append(key.getValue()).append("</Size><StorageClass>STANDARD</StorageClass></Contents>");
        }
        if (cut) {
            xml.append("<NextContinuationToken>").append(keys.get(count - 1).getKey()).append("</NextContinuationToken>");
        }
        return xml.append("<KeyCount>").append(count).append("</KeyCount></ListBucketResult>")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        Optional<byte[]> found = bytes(key);
        if (found.isEmpty()) {
            send(
                    exchange,
                    404,
                    "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>".getBytes(StandardCharsets.US_ASCII),
                    exchange.getRequestMethod());
            return;
        }
        byte[] content = found.get();
        exchange.getResponseHeaders().add("ETag", "\"00000000000000000000000000000000\"");
        exchange.getResponseHeaders().add("Last-Modified", "Sat, 28 Nov 2026 00:00:00 GMT");
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            send(exchange, 200, content, exchange.getRequestMethod());
            return;
        }
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        int from = Integer.parseInt(ends[0]);
        int to = ends[1].isEmpty() ? content.length : (int) Math.min(content.length, Long.parseLong(ends[1]) + 1);
        exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
        send(exchange, 206, java.util.Arrays.copyOfRange(content, from, to), exchange.getRequestMethod());
    }

    private void send(HttpExchange exchange, int status, byte[] body, String method) throws IOException {
        boolean head = method.equals("HEAD");
        exchange.getResponseHeaders().add("Content-Type", "application/xml");
        if (head) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
        }
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            bytes.addAndGet(body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** @param args how many segments */
    public static void main(String[] args) throws IOException {
        MillionSegments segments = new MillionSegments(Long.parseLong(args[0]));
        segments.make();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 512);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", segments::answer);
        server.start();
        System.out.println(server.getAddress().getPort());
    }
}
