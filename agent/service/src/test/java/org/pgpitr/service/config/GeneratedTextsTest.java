package org.pgpitr.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedTextsTest {
    private static final Path PAGE = Path.of("../../docs/configuration.md");

    @TempDir
    private Path folder;

    /** {@code -Dpgpitr.regenerate} writes the page instead. */
    @Test
    void the_page_of_the_configuration_is_what_the_code_says() throws IOException {
        if (System.getProperty("pgpitr.regenerate") != null) {
            Files.writeString(PAGE, ConfigurationPage.text());
        }
        assertThat(PAGE)
                .as("stale; make it anew: mvn -pl agent/service -am test -Dtest=GeneratedTextsTest -Dpgpitr.regenerate"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .hasContent(ConfigurationPage.text());
    }

    @Test
    void the_sample_is_sound_as_it_is() throws IOException {
        Configuration configuration = load(ConfigurationSample.text());

        assertThat(configuration.clusterName()).hasToString("main");
        assertThat(configuration.repository().url()).hasToString("file:///srv/pgpitr");
    }

    @Test
    void the_sample_names_every_key_and_its_lines_can_be_used() throws IOException {
        String sample = ConfigurationSample.text();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            assertThat(sample).containsPattern(Pattern.compile("(?m)^#?" + key.name() + " = "));
        }
        // All at once they contradict each other; one by one each is taken by its own key
        for (ConfigKey<?> key : ConfigKeys.all()) {
            String value = key.standard().or(key::example).orElseThrow();
            if (!value.contains("...")) {
                assertThat(key.type().parser().apply(value)).as(key.toString()).isNotNull();
            }
        }
    }

    private Configuration load(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("sample.toml"), text);
        return ConfigurationLoader.load(new ConfigurationSources(
                Optional.of(file), Map.of(), List.of(), Optional.empty(), folder.resolve("none")));
    }

    @Test
    void keys_and_variables_are_unique() {
        assertThat(ConfigKeys.all().stream().map(ConfigKey::toString)).doesNotHaveDuplicates();
        assertThat(ConfigKeys.all().stream().map(ConfigKey::variable)).doesNotHaveDuplicates();
    }

    @Test
    void sizes_and_times_are_read_and_printed_in_postgresqls_units() {
        assertThat(ByteSize.parse("64MB").bytes()).isEqualTo(64L << 20);
        assertThat(ByteSize.parse("64MB")).hasToString("64MB");
        assertThat(ByteSize.parse("1025kB")).hasToString("1025kB");
        assertThat(TimeSpan.print(TimeSpan.parse("90s"))).isEqualTo("90s");
        assertThat(TimeSpan.print(TimeSpan.parse("120s"))).isEqualTo("2min");
        assertThat(TimeSpan.print(TimeSpan.parse("48h"))).isEqualTo("2d");
        for (String wrong : List.of("", "5", "5 mins", "-5s", "5S", "1.5h", "99999999999999999999B", "9000000TB")) {
            assertThat(Optional.of(wrong).filter(GeneratedTextsTest::isSizeOrTime))
                    .as(wrong)
                    .isEmpty();
        }
    }

    private static boolean isSizeOrTime(String text) {
        return fits(() -> ByteSize.parse(text)) || fits(() -> TimeSpan.parse(text));
    }

    private static boolean fits(Runnable parse) {
        try {
            parse.run();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void a_slip_of_the_finger_is_told_from_another_word() {
        assertThat(Suggestion.nearest("prot", List.of("host", "port", "user"))).contains("port");
        assertThat(Suggestion.nearest("identityfile", List.of("identity_file", "recipients")))
                .contains("identity_file");
        assertThat(Suggestion.nearest("colour", List.of("host", "port", "user")))
                .isEmpty();
    }
}
