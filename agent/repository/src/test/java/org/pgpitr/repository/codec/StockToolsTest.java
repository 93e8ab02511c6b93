package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

/** What is written here is read by the stock {@code age} and {@code zstd}, and what they write is read here. */
class StockToolsTest {
    private static final ObjectKey KEY = ObjectKey.of("main/1/x.zst");
    private static final byte[] PLAIN = plain();

    @TempDir
    private Path directory;

    private static byte[] plain() {
        byte[] bytes = new byte[300_000];
        new Random(4).nextBytes(bytes);
        java.util.Arrays.fill(bytes, 100_000, 200_000, (byte) 'x');
        return bytes;
    }

    private static void requireTool(String name) {
        boolean there = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        Assumptions.assumeTrue(there, "`" + name + "` is not installed");
    }

    /** Runs in the test's directory; fails unless the status is 0. */
    private void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + output)
                .isZero();
    }

    /** As {@link #run}, on a terminal of its own that is given an answer to each prompt. */
    private void runAnswering(String command, String answer, int prompts) throws Exception {
        Process process = new ProcessBuilder("script", "-qec", command, "/dev/null")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        StringBuilder output = new StringBuilder();
        int answered = 0;
        InputStream terminal = process.getInputStream();
        for (int b = terminal.read(); b >= 0; b = terminal.read()) {
            output.append((char) b);
            String text = output.toString();
            if (answered < prompts && text.split("passphrase[^:]*: ", -1).length - 1 > answered) {
                process.getOutputStream().write((answer + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
                answered++;
            }
        }
        assertThat(process.waitFor()).as(command + ": " + output).isZero();
    }

    private Path write(String name, Encoded encoded) throws IOException {
        try (encoded;
                InputStream in = encoded.content().open()) {
            Path file = directory.resolve(name);
            Files.copy(in, file);
            return file;
        }
    }

    private static byte[] decoded(Codec codec, Path file) throws IOException {
        try (InputStream in = codec.decode(KEY, Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    @Test
    void zstd_reads_a_plain_object_with_its_tag_and_what_stands_beside_the_file() throws Exception {
        requireTool("zstd");
        Codec codec = new Codec(Encryption.NONE, Keys.none(), 3);
        write("x.zst", codec.encodeFile("x", Content.of(PLAIN)));
        write("y.zst", codec.encodeFile("y", Content.of(PLAIN), new byte[50_000]));
        for (String name : List.of("x", "y")) {
            run("zstd", "-q", "-d", name + ".zst");
            run("zstd", "-q", "-t", name + ".zst");
            assertThat(directory.resolve(name)).hasBinaryContent(PLAIN);
        }
    }

    @Test
    void what_zstd_wrote_is_read() throws Exception {
        requireTool("zstd");
        Files.write(directory.resolve("y"), PLAIN);
        run("zstd", "-q", "-19", "y");
        assertThat(decoded(new Codec(Encryption.NONE, Keys.none(), 3), directory.resolve("y.zst")))
                .isEqualTo(PLAIN);
    }

    @Test
    void age_and_zstd_read_an_encrypted_object_with_each_recipients_identity() throws Exception {
        requireTool("age");
        requireTool("zstd");
        AgeIdentity first = IdentityFile.create(directory.resolve("first.txt"), Optional.empty(), Clock.systemUTC());
        AgeIdentity second = IdentityFile.create(directory.resolve("second.txt"), Optional.empty(), Clock.systemUTC());
        Codec codec = new Codec(Encryption.AGE, Keys.of(List.of(first.recipient(), second.recipient()), List.of()), 3);
        write("x.zst.age", codec.encodeFile("x", Content.of(PLAIN), new byte[70_000]));
        for (String identity : List.of("first.txt", "second.txt")) {
            run("sh", "-c", "age -d -i " + identity + " x.zst.age | zstd -q -d > " + identity + ".out");
            assertThat(directory.resolve(identity + ".out")).hasBinaryContent(PLAIN);
        }
    }

    @Test
    void age_reads_sealed_bytes() throws Exception {
        requireTool("age");
        AgeIdentity own = IdentityFile.create(directory.resolve("own.txt"), Optional.empty(), Clock.systemUTC());
        Codec codec = new Codec(Encryption.AGE, Keys.of(List.of(own.recipient()), List.of()), 3);
        for (int length : new int[] {0, 1, 65_536, 131_072, 131_073}) {
            Files.write(
                    directory.resolve("sealed"),
                    codec.seal(PLAIN, 0, length).open().readAllBytes());
            run("sh", "-c", "age -d -i own.txt sealed > opened");
            assertThat(directory.resolve("opened")).hasBinaryContent(java.util.Arrays.copyOf(PLAIN, length));
        }
    }

    @Test
    void what_age_and_zstd_wrote_to_several_recipients_is_read() throws Exception {
        requireTool("age");
        requireTool("age-keygen");
        requireTool("zstd");
        run("sh", "-c", "age-keygen -o a.txt && age-keygen -o b.txt");
        Files.write(directory.resolve("x"), PLAIN);
        run("sh", "-c", "zstd -q x && age -r $(age-keygen -y a.txt) -r $(age-keygen -y b.txt) -o x.zst.age x.zst");
        for (String file : List.of("a.txt", "b.txt")) {
            List<AgeIdentity> identities = IdentityFile.read(directory.resolve(file), PassphraseSource.NONE);
            Codec codec = new Codec(Encryption.AGE, Keys.of(List.of(), identities), 3);
            assertThat(decoded(codec, directory.resolve("x.zst.age"))).isEqualTo(PLAIN);
        }
    }

    @Test
    void age_keygen_computes_the_same_public_key() throws Exception {
        requireTool("age-keygen");
        AgeIdentity own = IdentityFile.create(directory.resolve("own.txt"), Optional.empty(), Clock.systemUTC());
        run("sh", "-c", "age-keygen -y own.txt > public.txt");
        assertThat(directory.resolve("public.txt")).content().isEqualTo(own.recipient() + "\n");
    }

    @ParameterizedTest
    @EnumSource(Armor.class)
    void an_identity_file_that_age_protected_is_read(Armor armor) throws Exception {
        requireTool("age");
        requireTool("script");
        AgeIdentity own = IdentityFile.create(directory.resolve("own.txt"), Optional.empty(), Clock.systemUTC());
        runAnswering("age -p" + armor.flag + " -o protected.txt own.txt", "correct horse", 2);
        List<AgeIdentity> read = IdentityFile.read(
                directory.resolve("protected.txt"), what -> Optional.of("correct horse".toCharArray()));
        assertThat(read)
                .singleElement()
                .satisfies(i -> assertThat(i.recipient()).isEqualTo(own.recipient()));
    }

    enum Armor {
        BINARY(""),
        ARMORED(" -a");

        private final String flag;

        Armor(String flag) {
            this.flag = flag;
        }
    }

    @Test
    void age_uses_an_identity_file_that_is_protected_here() throws Exception {
        requireTool("age");
        requireTool("script");
        AgeIdentity own = IdentityFile.create(
                directory.resolve("protected.txt"), Optional.of("correct horse".toCharArray()), Clock.systemUTC());
        Codec codec = new Codec(Encryption.AGE, Keys.of(List.of(own.recipient()), List.of()), 3);
        Files.write(
                directory.resolve("sealed"), codec.seal(PLAIN, 0, 1000).open().readAllBytes());
        runAnswering("age -d -i protected.txt -o opened sealed", "correct horse", 1);
        assertThat(directory.resolve("opened")).hasBinaryContent(java.util.Arrays.copyOf(PLAIN, 1000));
    }

    @Test
    void the_digest_is_read_from_the_header_with_sh_alone() throws Exception {
        requireTool("sed");
        AgeIdentity own = AgeIdentity.generate();
        Codec codec = new Codec(Encryption.AGE, Keys.of(List.of(own.recipient()), List.of()), 3);
        Path file = write("x.zst.age", codec.encodeFile("x", Content.of(PLAIN)));
        run("sh", "-c", "head -c 1024 " + file + " | sed -n 's/^-> pgpitr-sha256 //p' | head -n 1 > digest");
        assertThat(directory.resolve("digest")).content().isEqualTo(Sha256.of(PLAIN) + "\n");
    }
}
