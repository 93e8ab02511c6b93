package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathNamesTest {
    @TempDir
    Path folder;

    private static List<Path> children(Path directory) throws Exception {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(found::add);
        }
        return found;
    }

    @Test
    void a_name_of_any_bytes_comes_back_from_the_directory_as_it_was_made() throws Exception {
        byte[] bytes = {'a', (byte) 0xFF, (byte) 0xC3, (byte) 0xBC, ' ', '%', '\\', '\n', (byte) 0x80};
        String name = PathNames.ofBytes(bytes, 0, bytes.length);
        assertThat(PathNames.bytes(name)).isEqualTo(bytes);

        Files.createFile(PathNames.resolve(folder, name));

        List<Path> found = children(folder);
        assertThat(found).hasSize(1);
        assertThat(PathNames.relative(folder, found.get(0))).isEqualTo(name);
        assertThat(PathNames.bytes(PathNames.relative(folder, found.get(0)))).isEqualTo(bytes);
    }

    @Test
    void a_name_below_a_directory_of_such_a_name_is_relative_to_it() throws Exception {
        Path odd = Files.createDirectory(PathNames.resolve(folder, "d" + (char) 0xDCFE));
        Path file = Files.createFile(PathNames.resolve(odd, "f" + (char) 0xDCFD));
        assertThat(PathNames.relative(odd, file)).isEqualTo("f" + (char) 0xDCFD);
        assertThat(PathNames.relative(folder, file)).isEqualTo("d" + (char) 0xDCFE + "/f" + (char) 0xDCFD);
        assertThat(PathNames.relative(folder, odd)).isEqualTo("d" + (char) 0xDCFE);
        assertThat(PathNames.relative(odd, odd)).isEqualTo(".");
    }

    @Test
    void a_relative_path_keeps_its_bytes() {
        String name = "../x/" + (char) 0xDCFF + "ü";
        assertThat(PathNames.of(PathNames.path(name))).isEqualTo(name);
    }

    @Test
    void plain_names_are_plain() {
        assertThat(PathNames.relative(Path.of("/data"), Path.of("/data/base/5/1259")))
                .isEqualTo("base/5/1259");
        assertThat(PathNames.resolve(Path.of("/data"), "base/5/1259")).isEqualTo(Path.of("/data/base/5/1259"));
    }

    @RepeatedTest(50)
    void random_bytes_become_text_and_bytes_again(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        byte[] bytes = new byte[200];
        new Random(seed).nextBytes(bytes);
        assertThat(PathNames.bytes(PathNames.ofBytes(bytes, 0, bytes.length)))
                .as("seed %d", seed)
                .isEqualTo(bytes);
    }

    @Test
    void utf_8_text_of_all_lengths_is_itself() {
        String text = "aü☃𝄞";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(PathNames.ofBytes(bytes, 0, bytes.length)).isEqualTo(text);
        assertThat(PathNames.bytes(text)).isEqualTo(bytes);
    }
}
