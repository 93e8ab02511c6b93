package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeadingOptionsTest {
    @Test
    void the_configuration_may_stand_before_the_command() {
        assertThat(LeadingOptions.behindCommand("--config", "a.toml", "backup", "--json"))
                .containsExactly("backup", "--json", "--config", "a.toml");
        assertThat(LeadingOptions.behindCommand("--config=a.toml", "-r", "file:///b", "config", "show"))
                .containsExactly("config", "show", "--config=a.toml", "-r", "file:///b");
    }

    @Test
    void it_goes_before_the_end_of_the_options() {
        assertThat(LeadingOptions.behindCommand("-c", "a.toml", "archive-push", "--", "-odd-name"))
                .containsExactly("archive-push", "-c", "a.toml", "--", "-odd-name");
    }

    @Test
    void other_command_lines_stay_as_they_are() {
        assertThat(LeadingOptions.behindCommand()).isEmpty();
        assertThat(LeadingOptions.behindCommand("--config")).containsExactly("--config");
        assertThat(LeadingOptions.behindCommand("--config", "a.toml")).containsExactly("--config", "a.toml");
        assertThat(LeadingOptions.behindCommand("--config", "a.toml", "--help"))
                .containsExactly("--config", "a.toml", "--help");
        assertThat(LeadingOptions.behindCommand("backup", "--config", "a.toml"))
                .containsExactly("backup", "--config", "a.toml");
    }
}
