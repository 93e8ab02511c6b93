package org.pgpitr.it.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresBinaries;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BlockReference;
import org.pgpitr.postgres.wal.PageImages;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.codec.ZstdPages;

/** Full-page images, in each compression that a server offers, are the pages that it has on its disk. */
class PageImagesTest {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql/15/bin");
    private static final int PAGE = 8192;

    /** The embedded servers know pglz, some of them lz4; Debian's, where it is installed, knows zstd too. */
    static Stream<Arguments> servers() {
        Stream<Arguments> embedded = Majors.all()
                .filter(major -> major >= 15 || major == Majors.OLDEST)
                .map(major -> Arguments.of("PostgreSQL " + major, major, Majors.binaries(major)));
        boolean debian =
                Files.isExecutable(DEBIAN.resolve("postgres")) && Majors.all().anyMatch(m -> m == 15);
        return debian
                ? Stream.concat(
                        embedded, Stream.of(Arguments.of("Debian's 15", 15, PostgresBinaries.installed(DEBIAN))))
                : embedded;
    }

    private record Block(long relation, long block) {}

    @ParameterizedTest(name = "{0}")
    @MethodSource("servers")
    void an_image_is_the_page_on_disk(String name, int major, PostgresBinaries binaries) throws IOException {
        try (Workspace work = new Workspace()) {
            PostgresInstance server = work.instance("source", binaries)
                    .initdb(InitdbOptions.standard())
                    .set("fsync", "off")
                    .set("autovacuum", "off")
                    .start();
            long plain = 0;
            for (String kind : kinds(server)) {
                server.execute("alter system set wal_compression = " + kind, "select pg_reload_conf()");
                server.await(kind, () -> server.query("show wal_compression").equals(kind));
                long bytes = roundTrip(server, major, kind);
                if (kind.equals("off")) {
                    plain = bytes;
                } else {
                    assertThat(bytes).as("WAL with %s images", kind).isLessThan(plain / 2);
                }
            }
        }
    }

    private static List<String> kinds(PostgresInstance server) {
        List<String> kinds = new ArrayList<>(List.of("off"));
        String offered = server.query("select coalesce(array_to_string(enumvals, ','), 'on') from pg_settings"
                + " where name = 'wal_compression'");
        Arrays.stream(offered.split(","))
                .filter(kind -> List.of("pglz", "lz4", "zstd").contains(kind) || offered.equals("on"))
                .forEach(kinds::add);
        return kinds;
    }

    /** @return how much WAL it took */
    private static long roundTrip(PostgresInstance server, int major, String kind) throws IOException {
        String table = "filled_" + kind;
        server.execute(
                "create table " + table + " (id int, filler text) with (fillfactor = 50)",
                "insert into " + table + " select g, repeat(chr(97 + g % 26), 120) from generate_series(1, 3000) g",
                "vacuum " + table,
                "checkpoint");
        Lsn from = Lsn.parse(server.query("select pg_current_wal_insert_lsn()"));
        // One row of each page, whose new version has room beside it: one record a page, with its image
        server.execute("update " + table + " set id = -id where ctid = any (array(select format('(%s,1)', b)::tid from"
                + " generate_series(0, (select relpages - 1 from pg_class where relname = '" + table + "')) b))");
        Lsn to = Lsn.parse(server.query("select pg_current_wal_insert_lsn()"));
        server.execute("checkpoint");
        Path file = server.dataDirectory().resolve(server.query("select pg_relation_filepath('" + table + "')"));
        long relation = Long.parseLong(file.getFileName().toString());

        Map<Block, byte[]> images = images(server, major, from, to);
        byte[] pages = Files.readAllBytes(file);
        int compared = 0;
        for (int block = 0; block < pages.length / PAGE; block++) {
            byte[] image = images.get(new Block(relation, block));
            if (image != null) {
                byte[] page = Arrays.copyOfRange(pages, block * PAGE, (block + 1) * PAGE);
                assertThat(rows(image)).as("%s, block %s", kind, block).isEqualTo(rows(page));
                compared++;
            }
        }
        assertThat(compared).as("images with %s", kind).isGreaterThan(50);
        return to.minus(from);
    }

    /** Without LSN, checksum and flags, which the record comes before; and without the hole, which means nothing. */
    private static byte[] rows(byte[] page) {
        ByteBuffer header = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        int lower = header.getShort(12);
        int upper = header.getShort(14);
        byte[] rows = Arrays.copyOfRange(page, 12, PAGE);
        Arrays.fill(rows, lower - 12, upper - 12, (byte) 0);
        return rows;
    }

    /** The images after which no record changes their page. */
    private static Map<Block, byte[]> images(PostgresInstance server, int major, Lsn from, Lsn to) throws IOException {
        PageImages images = new PageImages(new PostgresMajor(major), ZstdPages::decompress);
        WalReader reader = new WalReader(new PostgresMajor(major), org.pgpitr.postgres.WalSegmentSize.DEFAULT);
        WalRecord record = new WalRecord();
        Map<Block, byte[]> found = new HashMap<>();
        for (Path segment : WalReaderTest.segments(server)) {
            reader.open(WalSegmentName.parse(segment.getFileName().toString()), Files.readAllBytes(segment));
            while (reader.next(record)) {
                for (int i = 0; i < record.blockCount(); i++) {
                    BlockReference block = record.block(i);
                    if (block.fork() != 0
                            || record.start().isBefore(from)
                            || record.start().isAfter(to)) {
                        continue;
                    }
                    Block at = new Block(block.relation(), block.block());
                    Optional<byte[]> image = images.of(record, block);
                    assertThat(image.isPresent()).isEqualTo(block.hasImage());
                    image.ifPresentOrElse(page -> found.put(at, page), () -> found.remove(at));
                }
            }
        }
        return found;
    }
}
