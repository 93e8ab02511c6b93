package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class BackupLabelTest {
    @ParameterizedTest
    @FieldSource("org.pgpitr.postgres.Golden#MAJORS")
    void the_label_of_a_real_backup_round_trips(PostgresMajor major) {
        String text = Golden.text(major, "backup_label");
        BackupLabel label = BackupLabel.parse(text);

        assertThat(label).hasToString(text);
        assertThat(label.label()).isEqualTo("golden label");
        assertThat(label.method()).isEqualTo("streamed");
        assertThat(label.startTimeline()).isEqualTo(TimelineId.FIRST);
        assertThat(label.startSegment())
                .isEqualTo(WalSegmentName.containing(TimelineId.FIRST, label.startLsn(), Golden.segmentSize(major)));
        assertThat(label.checkpoint()).isGreaterThan(label.startLsn());
    }

    @Test
    void its_fields_are_told() {
        BackupLabel label = BackupLabel.parse(Golden.text(new PostgresMajor(17), "backup_label"));

        assertThat(label)
                .isEqualTo(new BackupLabel(
                        Lsn.parse("0/2000028"),
                        WalSegmentName.parse("000000010000000000000002"),
                        Lsn.parse("0/2000080"),
                        "streamed",
                        "primary",
                        "2026-11-21 01:12:29 UTC",
                        "golden label",
                        TimelineId.FIRST,
                        Optional.empty()));
    }

    @Test
    void an_incremental_backup_names_its_parent() {
        String text = Golden.text(new PostgresMajor(17), "backup_label")
                + "INCREMENTAL FROM LSN: 1/ABCD0028\nINCREMENTAL FROM TLI: 1\n";

        BackupLabel label = BackupLabel.parse(text);
        assertThat(label.incrementalFrom()).contains(new BackupLabel.Parent(Lsn.parse("1/ABCD0028"), TimelineId.FIRST));
        assertThat(label).hasToString(text);
    }

    @Test
    void a_label_may_be_empty_and_may_hold_colons() {
        String text = Golden.text(new PostgresMajor(17), "backup_label");

        assertThat(BackupLabel.parse(text.replace("golden label", "")).label()).isEmpty();
        assertThat(BackupLabel.parse(text.replace("golden label", "a: b: c")).label())
                .isEqualTo("a: b: c");
    }

    @Test
    void a_line_of_a_newer_version_is_passed_over() {
        String text = Golden.text(new PostgresMajor(17), "backup_label");

        assertThat(BackupLabel.parse(text + "MOON PHASE: full\n")).isEqualTo(BackupLabel.parse(text));
    }

    @Test
    void a_missing_a_doubled_and_a_contradicting_line_are_refused() {
        String text = Golden.text(new PostgresMajor(17), "backup_label");

        refused("", "START WAL LOCATION");
        refused(text.replace("CHECKPOINT LOCATION", "CHECKPOINT"), "CHECKPOINT LOCATION");
        refused(text + "START TIMELINE: 1\n", "twice");
        refused(text.replace("START TIMELINE: 1", "START TIMELINE: 2"), "timeline 2");
        refused(text.replace("(file 0", "(file g"), "start location");
    }

    private static void refused(String text, String because) {
        assertThatExceptionOfType(InvalidFormatException.class)
                .isThrownBy(() -> BackupLabel.parse(text))
                .withMessageContaining(because);
    }
}
