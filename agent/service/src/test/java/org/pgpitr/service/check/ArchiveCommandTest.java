package org.pgpitr.service.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveCommandTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pgpitr archive-push %p",
                "/opt/pgpitr/bin/pgpitr archive-push %p",
                "'/opt/my tools/pgpitr' --config /etc/pgpitr/other.toml archive-push \"%p\"",
                "test -d /srv && pgpitr archive-push %p",
                "pgpitr archive-push %p 2>&1 | logger && exit 1",
            })
    void the_launcher_with_the_path_is_right(String command) {
        assertThat(ArchiveCommand.fault(command, "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cp %p /srv/%f",
                "pgbackrest --stanza=main archive-push %p",
                "/bin/true",
                "pgpitr archive-get %f %p"
            })
    void another_command_is_named(String command) {
        assertThat(ArchiveCommand.fault(command, ""))
                .get()
                .extracting(ArchiveCommand.Fault::detail)
                .isEqualTo("archive_command is \"" + command + "\", which does not name `pgpitr archive-push`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pgpitr archive-push", "pgpitr archive-push %f", "pgpitr archive-push %%p"})
    void the_path_must_be_given(String command) {
        assertThat(ArchiveCommand.fault(command, ""))
                .get()
                .extracting(ArchiveCommand.Fault::detail)
                .asString()
                .endsWith(", without %p, the segment's path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pgpitr archive-push %p || true",
                "pgpitr archive-push %p || /bin/true",
                "pgpitr archive-push %p; exit 0",
                "pgpitr archive-push %p || :",
                "pgpitr archive-push %p &",
            })
    void a_command_that_always_succeeds_is_found_out(String command) {
        assertThat(ArchiveCommand.fault(command, ""))
                .get()
                .extracting(ArchiveCommand.Fault::detail)
                .asString()
                .contains("reports success whatever happens");
    }

    @Test
    void an_empty_command_is_none() {
        assertThat(ArchiveCommand.fault("", ""))
                .get()
                .extracting(ArchiveCommand.Fault::detail)
                .asString()
                .contains("is not set");
    }

    @Test
    void a_library_takes_the_place_of_the_command() {
        assertThat(ArchiveCommand.fault("pgpitr archive-push %p", "basic_archive"))
                .get()
                .extracting(ArchiveCommand.Fault::detail)
                .asString()
                .startsWith("archive_library is \"basic_archive\"");
    }
}
