package org.pgpitr.service.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.codec.CompressedFile;
import org.pgpitr.repository.plan.FoundDamage;
import org.pgpitr.repository.plan.PassedOver;
import org.pgpitr.repository.plan.RecoveryWindow;
import org.pgpitr.repository.plan.TimelineWindow;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.window.WindowAnswer;
import org.pgpitr.repository.window.WindowReader;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

/** What each kind of damage and each hole costs of the window, and how it is named there. */
class WreckedWindowTest {
    private static final String FIRST = "20261121T010000Z";
    private static final String SECOND = "20261121T020000Z";
    private static final String BROKEN_OFF = "0/302000-0/400000, 0/602000-0/900000";
    private static final String SECOND_ALONE = "0/602000-0/900000";
    private static final String FIRST_ALONE = "0/302000-0/900000";

    private final MadeRepository made = new MadeRepository(Encryption.NONE);

    /** Two backups, in segments 2 and 5, and WAL from 2 to 8. */
    private void sound() {
        made.archive(made.wal(2).fill(7));
        made.backup(FIRST, 1, 2, 3);
        made.backup(SECOND, 1, 5, 6);
    }

    private static String intervals(TimelineWindow timeline) {
        return String.join(
                ", ",
                timeline.intervals().stream()
                        .map(interval ->
                                interval.range().from() + "-" + interval.range().to())
                        .toList());
    }

    private static List<String> causes(TimelineWindow timeline) {
        return timeline.gaps().stream()
                .flatMap(gap -> gap.causes().stream())
                .map(cause -> cause.kind() + ": " + cause.what())
                .toList();
    }

    private TimelineWindow only() {
        assertThat(made.window().window().timelines()).hasSize(1);
        return made.window().window().timelines().get(0);
    }

    private static String missing(long segment) {
        return "missing_segments: WAL segment " + MadeRepository.segment(1, segment) + " is not in the archive";
    }

    @Test
    void a_sound_repository_is_one_interval() {
        sound();

        assertThat(intervals(only())).isEqualTo(FIRST_ALONE);
        assertThat(only().gaps()).isEmpty();
        assertThat(only().intervals().get(0).backups())
                .extracting(backup -> backup.id().value())
                .containsExactly(FIRST, SECOND);
        assertThat(made.window().window().unusable()).isEmpty();
    }

    @Test
    void a_segment_missing_in_the_middle() {
        sound();
        made.lose(made.key(MadeRepository.segment(1, 4)));

        assertThat(intervals(only())).isEqualTo(BROKEN_OFF);
        assertThat(causes(only())).containsExactly(missing(4));
    }

    @Test
    void a_segment_missing_at_a_backups_start_and_one_at_its_end() {
        sound();
        made.lose(made.key(MadeRepository.segment(1, 2)));

        assertThat(intervals(only())).isEqualTo(SECOND_ALONE);
        assertThat(causes(only())).containsExactly(missing(2));
        assertThat(made.window().window().unusable())
                .containsExactly(
                        new PassedOver(
                                org.pgpitr.repository.backup.BackupId.parse(FIRST),
                                "WAL segment 000000010000000000000002, which it needs to become consistent, is not in the archive"));

        made.lose(made.key(MadeRepository.segment(1, 6)));
        RecoveryWindow window = made.window().window();
        assertThat(window.latest()).isEmpty();
        assertThat(causes(window.timelines().get(0))).containsExactly(missing(2), missing(6));
    }

    @Test
    void a_flipped_bit_in_a_wal_object_and_a_truncated_one() {
        sound();
        ObjectKey key = made.key(MadeRepository.segment(1, 4));
        made.flip(key);

        assertThat(intervals(only())).isEqualTo(BROKEN_OFF);
        assertThat(causes(only()))
                .singleElement()
                .satisfies(cause -> assertThat(cause)
                        .startsWith("damaged_wal: archived WAL file 000000010000000000000004 is of no use: object "
                                + key + " is damaged"));

        made.cut(made.key(MadeRepository.segment(1, 8)), 1);
        assertThat(intervals(only())).isEqualTo("0/302000-0/400000, 0/602000-0/800000");
        assertThat(causes(only())).hasSize(2).allMatch(cause -> cause.startsWith("damaged_wal: "));
    }

    @Test
    void damage_in_what_is_read_anyway_is_named_without_a_verification() {
        sound();
        made.flip(made.key(MadeRepository.segment(1, 4)));

        // These segments have no summary, so all of them are read.
        assertThat(intervals(unverified().window().timelines().get(0))).isEqualTo(BROKEN_OFF);
    }

    @Test
    void damaged_and_missing_objects_of_a_backup() {
        sound();
        made.flip(made.generation.layout().data(FIRST, 0, 1));

        assertThat(intervals(only())).isEqualTo(SECOND_ALONE);
        assertThat(made.window().window().unusable()).singleElement().satisfies(unusable -> {
            assertThat(unusable.id().value()).isEqualTo(FIRST);
            assertThat(unusable.reason()).contains("2 files are lost");
        });

        ObjectKey lost = made.generation.layout().data(SECOND, 1, 0);
        made.lose(lost);
        assertThat(made.window().window().latest()).isEmpty();
        assertThat(made.window().window().unusable())
                .extracting(PassedOver::reason)
                .last()
                .isEqualTo("object " + lost + " is missing");
    }

    @Test
    void a_damaged_manifest_and_a_truncated_object() {
        sound();
        ObjectKey manifest = made.generation.layout().manifest(SECOND);
        made.flip(manifest);

        assertThat(intervals(only())).isEqualTo(FIRST_ALONE);
        assertThat(made.window().window().unusable())
                .singleElement()
                .satisfies(unusable -> assertThat(unusable.reason()).contains(manifest.value()));

        made.cut(made.generation.layout().data(FIRST, 0, 1), 10);
        assertThat(made.window().window().latest()).isEmpty();
        assertThat(made.window().window().unusable()).hasSize(2);
    }

    private Lsn forked() {
        MadeWal first = made.wal(2).fill(4);
        made.archive(first);
        made.archive(MadeRepository.partial(1, 6), first.partial());
        made.archive(first.fork(2).fill(3));
        made.backup(FIRST, 1, 2, 3);
        return first.position();
    }

    @Test
    void a_lost_history_and_a_damaged_one() {
        Lsn left = forked();

        List<TimelineWindow> timelines = made.window().window().timelines();
        assertThat(timelines).extracting(TimelineWindow::timeline).containsExactly(new TimelineId(2), TimelineId.FIRST);
        assertThat(timelines.get(0).intervals()).isEmpty();
        assertThat(causes(timelines.get(0)))
                .containsExactly("missing_history: the history of timeline 2, 00000002.history, is not in the archive");

        made.history(2, left);
        assertThat(made.window().window().timelines().get(0).gaps()).isEmpty();
        assertThat(made.window().window().timelines().get(1).intervals().get(0).partOf())
                .contains(new TimelineId(2));

        ObjectKey key = made.key(new TimelineHistoryName(new TimelineId(2)));
        made.flip(key);
        assertThat(causes(made.window().window().timelines().get(0)))
                .singleElement()
                .satisfies(cause ->
                        assertThat(cause).startsWith("damaged_history: ").contains(key.value()));
    }

    @Test
    void a_segment_of_another_cluster() {
        sound();
        WalSegmentName name = made.putAnotherClusters(7);

        assertThat(intervals(only())).isEqualTo("0/302000-0/700000");
        assertThat(causes(only()))
                .singleElement()
                .satisfies(cause -> assertThat(cause).contains(name.toString(), "system identifier 4711"));
    }

    @Test
    void a_refused_segment_is_named_with_its_evidence() throws IOException {
        MadeWal wal = made.wal(2).fill(7);
        WalSegmentName name = MadeRepository.segment(1, 4);
        byte[] broken = wal.segments().remove(name);
        broken[300_000] ^= 1;
        ObjectKey evidence = new WalArchive(made.generation)
                .keepBroken(name, CompressedFile.of(name.toString(), Content.of(broken), 3));
        made.archive(wal);
        made.backup(FIRST, 1, 2, 3);

        assertThat(intervals(only())).isEqualTo("0/302000-0/400000");
        assertThat(causes(only()))
                .containsExactly("broken_wal: WAL segment " + name
                        + " was refused because its WAL is broken; it is kept as " + evidence);

        // PostgreSQL offers nothing behind it.
        for (int behind = 5; behind <= 8; behind++) {
            made.lose(made.key(MadeRepository.segment(1, behind)));
        }
        assertThat(only().gaps())
                .singleElement()
                .satisfies(gap -> assertThat(gap.causes().get(0).kind()).isEqualTo("broken_wal"));
    }

    /** A piece of a stream that is not the beginning of its segment, with a right digest. */
    @Test
    void a_stream_that_does_not_begin_as_its_segment_costs_what_was_streamed() {
        MadeWal wal = made.wal(2).fill(3);
        made.archive(wal);
        made.backup(FIRST, 1, 2, 3);
        Lsn begin = MadeRepository.segment(1, 5).start(MadeRepository.SIZE);
        Piece piece = new Piece(TimelineId.FIRST, begin, wal.position());
        StreamArchive streams = new StreamArchive(made.generation);
        byte[] sound = Arrays.copyOf(wal.partial(), (int) wal.position().minus(begin));
        for (int at = 0; at < WalSegmentHeader.LENGTH; at++) {
            byte[] other = sound.clone();
            other[at] ^= (byte) (at == 2 ? 2 : 0x55);
            streams.put(piece, Content.of(other));

            assertThat(unverified().window().latest()).as("byte %s", at).isPresent();
            made.lose(streams.key(piece));
        }
        sound[8] ^= 1;
        streams.put(piece, Content.of(sound));
        assertThat(intervals(unverified().window().timelines().get(0))).isEqualTo("0/302000-0/500000");
        assertThat(causes(unverified().window().timelines().get(0)))
                .singleElement()
                .satisfies(cause -> assertThat(cause)
                        .contains("the stored stream of WAL segment", "does not begin as a WAL segment"));
    }

    private WindowAnswer.Known unverified() {
        return (WindowAnswer.Known)
                new WindowReader(made.generation, MadeRepository.CLOCK, FoundDamage.NONE, segments -> {})
                        .read(WindowReader.Depth.CONTENTS);
    }

    @Test
    void without_the_key_names_are_told() {
        MadeRepository secret = new MadeRepository(Encryption.AGE);
        secret.archive(secret.wal(2).fill(7));
        secret.backup(FIRST, 1, 2, 3);
        secret.lose(secret.key(MadeRepository.segment(1, 5)));

        WindowAnswer answer = new WindowReader(
                        secret.withoutIdentity().current(), MadeRepository.CLOCK, FoundDamage.NONE, segments -> {})
                .read(WindowReader.Depth.CONTENTS);

        assertThat(answer).isInstanceOfSatisfying(WindowAnswer.WithoutKey.class, told -> {
            assertThat(told.backups().keySet()).extracting(id -> id.value()).containsExactly(FIRST);
            assertThat(told.gaps())
                    .singleElement()
                    .satisfies(hole -> assertThat(hole.first()).isEqualTo(MadeRepository.segment(1, 5)));
            assertThat(Stream.of(told.wal().runs(TimelineId.FIRST).toArray())).hasSize(2);
        });
    }
}
