package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.terminal.Environment;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What the pages promise: links that lead somewhere, tests that exist, command lines that pgpitr understands. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)`");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> samples = Files.walk(ROOT.resolve("pg-conf-samples"))) {
            return Stream.of(top, docs, samples)
                    .flatMap(paths -> paths)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void every_link_leads_to_a_file() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                if (!Files.exists(page.resolveSibling(link.group(1)))) {
                    broken.add(ROOT.relativize(page) + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void every_test_that_a_page_names_exists() throws IOException {
        Set<String> named = new TreeSet<>();
        for (Path page : pages()) {
            TEST.matcher(Files.readString(page)).results().forEach(result -> named.add(result.group(1)));
        }
        Set<String> existing;
        try (Stream<Path> files = Files.walk(ROOT)) {
            existing = files.filter(file -> file.toString().contains("/src/test/"))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
        assertThat(named).isNotEmpty();
        assertThat(existing).containsAll(named);
    }

    @Test
    void every_command_line_is_one_that_pgpitr_understands() throws IOException {
        CommandLine pgpitr = Commands.commandLine(Environment.ofProcess(), List.of());
        List<String> misunderstood = new ArrayList<>();
        int understood = 0;
        for (Path page : pages()) {
            for (String line : commandLines(Files.readString(page))) {
                try {
                    pgpitr.parseArgs(LeadingOptions.behindCommand(words(line)));
                    understood++;
                } catch (ParameterException e) {
                    misunderstood.add(ROOT.relativize(page) + ": " + line + ": " + e.getMessage());
                }
            }
        }
        assertThat(misunderstood).isEmpty();
        assertThat(understood).isGreaterThan(10);
    }

    /** The lines of shell blocks that begin with pgpitr, without prompt, comment, and what the shell does with them. */
    private static List<String> commandLines(String page) {
        List<String> lines = new ArrayList<>();
        boolean code = false;
        String joined = "";
        for (String line : page.split("\n", -1)) {
            if (line.startsWith("```")) {
                code = line.equals("```sh");
                continue;
            }
            joined += line.strip();
            if (code && joined.endsWith("\\")) {
                joined = joined.substring(0, joined.length() - 1);
                continue;
            }
            String command = joined.replaceFirst("^\\$ ", "").replaceFirst("^\\./", "");
            if (code && command.startsWith("pgpitr ")) {
                lines.add(command.substring("pgpitr ".length())
                        .replaceFirst("\\s(#|\\||&&|>|;).*", "")
                        .strip());
            }
            joined = "";
        }
        return lines;
    }

    private static String[] words(String line) {
        return WORD.matcher(line)
                .results()
                .map(word ->
                        word.group(1) != null ? word.group(1) : word.group(2) != null ? word.group(2) : word.group())
                .toArray(String[]::new);
    }
}
