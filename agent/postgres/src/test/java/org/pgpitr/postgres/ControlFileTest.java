package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ControlFileTest {
    /** The values are what {@code pg_control_system()} and its like said of these clusters. */
    @ParameterizedTest
    @CsvSource({
        "13, 7710426263989406157, 1300, 202007201, 0/A00060, 0/A00028, 491, 2026-11-21T01:12:24Z",
        "14, 7710426266302986728, 1300, 202107181, 0/C00060, 0/C00028, 739, 2026-11-21T01:12:25Z",
        "15, 7710426268767443459, 1300, 202209061, 0/2000060, 0/2000028, 730, 2026-11-21T01:12:26Z",
        "16, 7710426271003793949, 1300, 202307071, 0/8000098, 0/8000060, 736, 2026-11-21T01:12:28Z",
        "17, 7710426273956809271, 1700, 202406281, 0/2000080, 0/2000028, 744, 2026-11-21T01:12:29Z",
        "18, 7710426276209199697, 1800, 202506291, 0/1000080, 0/1000028, 758, 2026-11-21T01:12:30Z",
    })
    void the_control_file_of_a_real_cluster_is_read(
            int major,
            String systemIdentifier,
            int controlVersion,
            int catalogVersion,
            String checkpoint,
            String redo,
            long nextXid,
            Instant modified) {
        ControlFile file = ControlFile.parse(Golden.bytes(new PostgresMajor(major), "pg_control"));

        assertThat(file.major()).contains(new PostgresMajor(major));
        assertThat(file.identity())
                .isEqualTo(new ControlFileIdentity(
                        SystemIdentifier.parse(systemIdentifier), controlVersion, catalogVersion));
        assertThat(file.state()).isEqualTo(ClusterState.IN_PRODUCTION);
        assertThat(file.modified()).isEqualTo(modified);
        assertThat(file.checkpoint()).isEqualTo(Lsn.parse(checkpoint));
        assertThat(file.redo()).isEqualTo(Lsn.parse(redo));
        assertThat(file.timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(file.previousTimeline()).isEqualTo(TimelineId.FIRST);
        assertThat(file.nextXid()).isEqualTo(nextXid);
        assertThat(file.checkpointTime()).isBetween(modified.minusSeconds(2), modified);
        assertThat(file.minRecoveryPoint()).isEqualTo(Lsn.ZERO);
        assertThat(file.minRecoveryPointTimeline()).isZero();
        assertThat(file.backupStart()).isEqualTo(Lsn.ZERO);
        assertThat(file.backupEnd()).isEqualTo(Lsn.ZERO);
        assertThat(file.walSegmentSize()).isEqualTo(Golden.segmentSize(new PostgresMajor(major)));
        assertThat(file.blockSize()).isEqualTo(8192);
        assertThat(file.relationSegmentBlocks()).isEqualTo(131072);
        assertThat(file.walBlockSize()).isEqualTo(8192);
        assertThat(file.hasDataChecksums()).isTrue();
    }

    @ParameterizedTest
    @FieldSource("org.pgpitr.postgres.Golden#MAJORS")
    void a_changed_bit_is_refused(PostgresMajor major) {
        byte[] file = Golden.bytes(major, "pg_control");
        for (int at : new int[] {16, 32, 150, 287, 290}) {
            byte[] damaged = file.clone();
            damaged[at] ^= 0x10;
            assertThatExceptionOfType(InvalidFormatException.class)
                    .isThrownBy(() -> ControlFile.parse(damaged))
                    .withMessageContaining("CRC");
        }
    }

    @Test
    void of_a_newer_version_the_identity_is_told_and_nothing_else() {
        byte[] file = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "pg_control");
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 2100).putInt(12, 202806011);

        assertThat(ControlFile.parseIfKnown(file)).isEmpty();
        ControlFileIdentity identity = ControlFileIdentity.parse(file);
        assertThat(identity.systemIdentifier()).isEqualTo(SystemIdentifier.parse("7710426276209199697"));
        assertThat(identity.controlVersion()).isEqualTo(2100);
        assertThat(identity.major()).isEmpty();
        assertThatExceptionOfType(InvalidFormatException.class)
                .isThrownBy(() -> ControlFile.parse(file))
                .withMessage("pg_control is of version 2100, which is not known here");
    }

    @Test
    void a_big_endian_file_is_named_as_such() {
        byte[] file = new byte[ControlFile.LENGTH];
        ByteBuffer.wrap(file).order(ByteOrder.BIG_ENDIAN).putInt(8, 1300);

        assertThatExceptionOfType(InvalidFormatException.class)
                .isThrownBy(() -> ControlFileIdentity.parse(file))
                .withMessageContaining("big-endian");
    }

    @Test
    void an_empty_and_a_truncated_file_are_refused() {
        byte[] file = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "pg_control");
        for (int length : new int[] {0, 15, 16, 295}) {
            assertThatExceptionOfType(InvalidFormatException.class)
                    .isThrownBy(() -> ControlFile.parse(java.util.Arrays.copyOf(file, length)));
        }
        assertThat(ControlFile.parse(java.util.Arrays.copyOf(file, 296)).major())
                .contains(PostgresMajor.NEWEST_KNOWN);
    }
}
