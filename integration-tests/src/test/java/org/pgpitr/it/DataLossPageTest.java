package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pgpitr.it.kit.TestDistribution;

/** {@code docs/data-loss-classes.md}: each class has its row, and each test that a row names exists. */
class DataLossPageTest {
    private static final int CLASSES = 36;
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([0-9, ]*) \\|.*\\|([^|]*)\\|$");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*Test)`");
    /** Classes of what pgpitr does not have. */
    private static final Set<String> WITHOUT_TESTS = Set.of("14, 16");

    private static List<MatchResult> rows() throws IOException {
        String page = Files.readString(TestDistribution.sourceTree().resolve("docs/data-loss-classes.md"));
        return ROW.matcher(page).results().toList();
    }

    @Test
    void every_class_has_a_row() throws IOException {
        Set<Integer> numbers = rows().stream()
                .flatMap(row -> Stream.of(row.group(1).split(",")))
                .map(String::strip)
                .filter(number -> !number.isEmpty())
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(numbers)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, CLASSES).boxed().toList());
    }

    @Test
    void every_test_that_a_row_names_exists_and_every_row_names_one() throws IOException {
        Set<String> there;
        try (Stream<Path> files = Files.walk(TestDistribution.sourceTree())) {
            there = files.filter(file -> file.toString().contains("/src/test/java/"))
                    .map(file -> file.getFileName().toString())
                    .collect(Collectors.toSet());
        }
        for (MatchResult row : rows()) {
            List<String> tests = TEST.matcher(row.group(2))
                    .results()
                    .map(match -> match.group(1) + ".java")
                    .toList();
            assertThat(there).as(row.group()).containsAll(tests);
            assertThat(tests.isEmpty()).as(row.group()).isEqualTo(WITHOUT_TESTS.contains(row.group(1)));
        }
    }
}
