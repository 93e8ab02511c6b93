package org.pgpitr.service.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.service.restore.RestoreOptions.Archiving;
import org.pgpitr.service.restore.RestoreOptions.Mode;
import org.pgpitr.service.restore.RestoreOptions.TargetAction;

class RecoverySettingsTest {
    private static final TimelineHistory ON_TIMELINE_3 =
            TimelineHistory.parse(new TimelineId(3), "1\t0/A380000\tno recovery target specified\n");

    private static RestoreOptions options(String command, Mode mode, Archiving archiving) {
        return new RestoreOptions(
                Path.of("/data"),
                Map.of(),
                1,
                command,
                Optional.of(TargetAction.PROMOTE),
                mode,
                archiving,
                Optional.empty());
    }

    private static String text(RecoveryTarget target) {
        return RecoverySettings.text(target, ON_TIMELINE_3, options("get %f \"%p\"", Mode.RECOVERY, Archiving.KEEP));
    }

    static Stream<Arguments> targets() {
        Instant time = Instant.parse("2026-11-21T00:45:00.123456789Z");
        return Stream.of(
                Arguments.of(new RecoveryTarget.Immediate(), "recovery_target = 'immediate'\n"),
                Arguments.of(
                        new RecoveryTarget.Time(time, Bound.INCLUSIVE),
                        "recovery_target_time = '2026-11-21 00:45:00.123456+00'\nrecovery_target_inclusive = 'on'\n"),
                Arguments.of(
                        new RecoveryTarget.Time(Instant.parse("2026-11-21T00:45:00Z"), Bound.EXCLUSIVE),
                        "recovery_target_time = '2026-11-21 00:45:00.000000+00'\nrecovery_target_inclusive = 'off'\n"),
                Arguments.of(
                        new RecoveryTarget.Xid(4294967296L + 7, Bound.EXCLUSIVE),
                        "recovery_target_xid = '4294967303'\nrecovery_target_inclusive = 'off'\n"),
                Arguments.of(
                        new RecoveryTarget.AtLsn(Lsn.parse("1/A0"), Bound.INCLUSIVE),
                        "recovery_target_lsn = '1/A0'\nrecovery_target_inclusive = 'on'\n"),
                Arguments.of(new RecoveryTarget.Name("before 'it'\\"), "recovery_target_name = 'before ''it''\\\\'\n"));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void each_kind_of_target_is_the_one_that_is_set_and_set_last(RecoveryTarget target, String lines) {
        String text = text(target);
        assertThat(text).contains(lines);
        String name = lines.substring(0, lines.indexOf(' '));
        for (String other : new String[] {
            "recovery_target",
            "recovery_target_time",
            "recovery_target_xid",
            "recovery_target_lsn",
            "recovery_target_name"
        }) {
            if (other.equals(name)) {
                assertThat(text).doesNotContain("\n" + other + " = ''");
            } else {
                assertThat(text).contains("\n" + other + " = ''\n");
                assertThat(text.indexOf("\n" + other + " = ''")).isLessThan(text.indexOf("\n" + name + " = '"));
            }
        }
    }

    @Test
    void the_end_of_the_archive_has_no_target_and_the_timeline_is_a_number() {
        assertThat(text(new RecoveryTarget.EndOfWal())).isEqualTo("""
                        # Recovery settings, written by pgpitr restore
                        restore_command = 'get %f "%p"'
                        recovery_target = ''
                        recovery_target_time = ''
                        recovery_target_xid = ''
                        recovery_target_lsn = ''
                        recovery_target_name = ''
                        recovery_target_timeline = '3'
                        recovery_target_action = 'promote'
                        """);
    }

    /** Something else may be left of an earlier recovery in postgresql.conf. */
    @Test
    void a_target_without_an_action_is_one_to_pause_at() {
        RestoreOptions options = new RestoreOptions(
                Path.of("/data"), Map.of(), 1, "x", Optional.empty(), Mode.RECOVERY, Archiving.KEEP, Optional.empty());
        assertThat(RecoverySettings.settings(new RecoveryTarget.Immediate(), ON_TIMELINE_3, options))
                .containsEntry("recovery_target_action", "pause");
        assertThat(RecoverySettings.settings(new RecoveryTarget.EndOfWal(), ON_TIMELINE_3, options))
                .doesNotContainKey("recovery_target_action");
    }

    @Test
    void a_timeline_whose_history_is_not_archived_is_no_number_which_the_server_would_refuse() {
        RestoreOptions options = options("get %f \"%p\"", Mode.RECOVERY, Archiving.KEEP);
        RecoveryTarget end = new RecoveryTarget.EndOfWal();
        assertThat(RecoverySettings.settings(end, TimelineHistory.root(new TimelineId(3)), options))
                .containsEntry("recovery_target_timeline", "current");
        assertThat(RecoverySettings.settings(end, TimelineHistory.root(TimelineId.FIRST), options))
                .containsEntry("recovery_target_timeline", "1");
    }

    @Test
    void a_standby_without_target_follows_the_newest_timeline_and_archiving_can_be_off() {
        assertThat(RecoverySettings.text(
                        new RecoveryTarget.EndOfWal(), ON_TIMELINE_3, options("x", Mode.STANDBY, Archiving.OFF)))
                .contains("recovery_target_timeline = 'latest'\n")
                .endsWith("archive_mode = 'off'\n");
    }

    @Test
    void values_are_quoted_as_the_server_reads_them() {
        assertThat(RecoverySettings.quote("'/opt/my pg''s/pgpitr' --config \"C:\\x\"\n"))
                .isEqualTo("'''/opt/my pg''''s/pgpitr'' --config \"C:\\\\x\"\\n'");
    }

    @Test
    void settings_of_an_earlier_recovery_are_taken_out_and_no_others() {
        String conf = """
                # Do not edit this file manually!
                work_mem = '64MB'
                recovery_target_time = '2020-01-01'
                  Recovery_Target_XID='7'
                recovery_target 'immediate'
                restore_command = 'cp x'
                restore_command_note.x = 'kept'
                # recovery_target_name = 'kept, a comment'
                archive_command = 'pgpitr archive-push %p'
                """;
        assertThat(RecoverySettings.withoutEarlier(conf)).isEqualTo("""
                        # Do not edit this file manually!
                        work_mem = '64MB'
                        restore_command_note.x = 'kept'
                        # recovery_target_name = 'kept, a comment'
                        archive_command = 'pgpitr archive-push %p'
                        """);
        String once = RecoverySettings.withoutEarlier(conf) + text(new RecoveryTarget.Immediate());
        assertThat(RecoverySettings.withoutEarlier(once).lines()).noneMatch(line -> line.contains("pgpitr restore"));
    }
}
