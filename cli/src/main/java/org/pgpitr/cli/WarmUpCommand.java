package org.pgpitr.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cli.terminal.Terminal;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.service.config.ConfigurationLoader;
import org.pgpitr.service.config.ConfigurationSources;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.Command;

/**
 * For the launcher alone: does in a folder of its own what PostgreSQL's hooks do, so that Java's archive of parsed
 * classes holds all that they load. A failure means no archive, nothing else.
 */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
    private static final String SEGMENT = "000000010000000000000001";
    private static final int MAGIC_OF_15 = 0xD110;
    private static final int LONG_HEADER = 2;
    private static final SystemIdentifier CLUSTER = new SystemIdentifier(1);
    private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);

    private static final int RECORD_LENGTH = 24;
    private static final byte SWITCH = 0x40;

    private final Environment environment;

    WarmUpCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("pgpitr-warm-up");
        try {
            Files.write(folder.resolve(SEGMENT), segment());
            AgeIdentity identity = AgeIdentity.generate();
            Files.writeString(folder.resolve("identity"), identity.secret() + "\n");
            int worst = hooks(folder, "plain", "");
            worst = Math.max(
                    worst, hooks(folder, "encrypted", """
                            [encryption]
                            recipients = ["%s"]
                            identity_file = "%s"
                            """.formatted(identity.recipient(), folder.resolve("identity"))));
            amazon(folder);
            return worst;
        } finally {
            delete(folder);
        }
    }

    private int hooks(Path folder, String cluster, String encryption) throws IOException {
        Path repository = Files.createDirectory(folder.resolve("repository-" + cluster));
        Path config =
                Files.writeString(folder.resolve(cluster + ".toml"), """
                [cluster]
                name = "%s"
                [[repository]]
                url = "file://%s"
                %s""".formatted(cluster, repository, encryption));
        create(config, encryption.isEmpty() ? Encryption.NONE : Encryption.AGE);
        String segment = folder.resolve(SEGMENT).toString();
        String fetched = folder.resolve(cluster).toString();
        int pushed = run(config, "archive-push", segment);
        int got = run(config, "archive-get", SEGMENT, fetched);
        run(config, "list");
        run(config, "plan");
        run(config, "plan", "--help");
        return Math.max(pushed, got);
    }

    private void create(Path config, Encryption encryption) {
        try (Wiring wiring = new Wiring(
                ConfigurationLoader.load(
                        new ConfigurationSources(Optional.of(config), Map.of(), List.of(), Optional.empty(), config)),
                what -> Optional.empty())) {
            Repository repository = wiring.repository();
            repository.create(new ClusterIdentity(
                    ClusterIdentity.FORMAT_VERSION,
                    1,
                    CLUSTER,
                    new PostgresMajor(15),
                    SIZE,
                    encryption,
                    environment.clock().instant()));
        }
    }

    /** Where nothing listens: the SDK is loaded all the same. */
    private void amazon(Path folder) throws IOException {
        Path config = Files.writeString(folder.resolve("s3.toml"), """
                [cluster]
                name = "s3"
                [[repository]]
                url = "s3://warm-up"
                endpoint = "http://127.0.0.1:1"
                access_key_id = "none"
                secret_access_key = "none"
                retry_attempts = 1
                """);
        run(config, "archive-push", folder.resolve(SEGMENT).toString());
    }

    private int run(Path config, String... args) {
        Environment silent = new Environment(
                new PrintWriter(Writer.nullWriter()),
                new PrintWriter(Writer.nullWriter()),
                Map.of(),
                environment.clock(),
                Terminal.NONE,
                environment.launcher(),
                config);
        return new Cli(silent).run(args);
    }

    /** One record, which ends the segment. */
    private static byte[] segment() {
        ByteBuffer segment = ByteBuffer.allocate(SIZE.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        segment.putShort(0, (short) MAGIC_OF_15);
        segment.putShort(2, (short) LONG_HEADER);
        segment.putInt(4, 1);
        segment.putLong(8, SIZE.bytes());
        segment.putLong(24, CLUSTER.value());
        segment.putInt(32, SIZE.bytes());
        segment.putInt(36, 8192);
        segment.putInt(40, RECORD_LENGTH);
        segment.put(40 + 16, SWITCH);
        CRC32C crc = new CRC32C();
        crc.update(segment.array(), 40, RECORD_LENGTH - 4);
        segment.putInt(40 + 20, (int) crc.getValue());
        return segment.array();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
