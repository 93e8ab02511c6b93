package org.pgpitr.service.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.plan.ArchivedStops;
import org.pgpitr.repository.plan.DamagedWal;
import org.pgpitr.repository.plan.FoundDamage;
import org.pgpitr.repository.plan.RecoveryDecision;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.StopSearch;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.plan.WholeBackups;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;

/** What a plan says when all that it takes is read: damage that names, sizes and summaries don't show. */
class PlannedContentTest {
    private static final String FIRST = "20261121T010000Z";
    private static final String SECOND = "20261121T020000Z";
    private static final WalSegmentName NEXT = MadeRepository.segment(1, 9);
    private static final RecoveryTarget END = new RecoveryTarget.EndOfWal();

    private MadeRepository made = new MadeRepository(Encryption.NONE);
    private MadeWal wal;
    private ContentRead read;

    /** Two backups, in segments 2 and 5, and WAL from 2 to 8. */
    @BeforeEach
    void sound() {
        wal = made.wal(2).fill(7);
        made.archive(wal);
        made.backup(FIRST, 1, 2, 3);
        made.backup(SECOND, 1, 5, 6);
    }

    private static RecoveryRequest to(RecoveryTarget target, String... backup) {
        return new RecoveryRequest(
                target,
                new RecoveryTargetTimeline.Latest(),
                Arrays.stream(backup).map(BackupId::parse).findFirst());
    }

    private static RecoveryTarget lsn(String lsn) {
        return new RecoveryTarget.AtLsn(Lsn.parse(lsn), Bound.INCLUSIVE);
    }

    private RecoveryFacts facts() {
        return RecoveryFactsReader.read(made.generation, MadeRepository.CLOCK);
    }

    private ArchivedStops stops(RecoveryFacts facts) {
        return new ArchivedStops(
                made.generation,
                facts.wal(),
                ArchiveListing.begin(made.generation).rolledUp(),
                segments -> {});
    }

    /** By names, sizes and summaries. */
    private RecoveryDecision trusting(RecoveryRequest request) {
        return made.planByIndex(request);
    }

    private RecoveryDecision reading(RecoveryRequest request) {
        RecoveryFacts facts = facts();
        PlannedContent content = new PlannedContent(made.generation, facts, 2, Progress.NONE);
        try (ArchivedStops stops = stops(facts)) {
            return WholeBackups.decide(facts, request, stops, content);
        } finally {
            read = content.read();
        }
    }

    private Unreachable refused(RecoveryRequest request) {
        assertThat(trusting(request)).isInstanceOf(RecoveryPlan.class);
        RecoveryDecision decision = reading(request);
        assertThat(decision).isInstanceOf(Unreachable.class);
        return (Unreachable) decision;
    }

    private List<String> found() {
        return read.findings().stream().map(Finding::kind).toList();
    }

    private void assertSound(RecoveryRequest request) {
        RecoveryDecision plan = reading(request);
        assertThat(plan).isInstanceOf(RecoveryPlan.class).isEqualTo(trusting(request));
        assertThat(read.findings()).isEmpty();
    }

    @Test
    void the_plan_of_a_whole_repository_is_the_same() {
        for (RecoveryTarget target : List.of(END, new RecoveryTarget.Immediate(), lsn("0/380000"), lsn("0/680000"))) {
            assertSound(to(target));
        }
        assertSound(to(END, FIRST));
        assertThat(read.verified().lanes()).isEqualTo(2);
        assertThat(read.verified().files()).isEqualTo(6);
        assertThat(read.verified().walFiles()).isEqualTo(7);

        stream(wal.partial());
        assertSound(to(END));
        assertThat(forms(END)).contains(WalRange.Form.STREAMED);
    }

    /** The segment behind the archived ones, as far as it is written. */
    private Piece stream(byte[] bytes) {
        Lsn begin = NEXT.start(MadeRepository.SIZE);
        Piece piece = new Piece(TimelineId.FIRST, begin, wal.position());
        new StreamArchive(made.generation).put(piece, Content.of(Arrays.copyOf(bytes, (int) piece.length())));
        return piece;
    }

    @Test
    void a_broken_record_of_a_stream_is_in_the_way_of_what_lies_behind_it_and_not_of_what_lies_before() {
        wal.more(50);
        byte[] broken = wal.partial();
        broken[(int) (wal.position().plus(-5000).value() % broken.length)] ^= 1;
        stream(broken);

        RecoveryTarget before = new RecoveryTarget.AtLsn(wal.position().plus(-10_000), Bound.INCLUSIVE);
        assertThat(forms(before)).contains(WalRange.Form.STREAMED);
        assertSound(to(before));
        assertThat(refused(to(END)).reason()).contains("the stream of WAL segment " + NEXT + " can't be replayed");
    }

    @Test
    void what_was_streamed_and_is_archived_meanwhile_is_read_there() {
        Piece piece = stream(wal.partial());
        RecoveryPlan plan = trusting(to(END)).orElseThrow();
        wal.fill(1);
        byte[] broken = wal.segments().get(NEXT).clone();
        broken[1000] ^= 1;
        ForwardingStore archiving = new ForwardingStore(made.store) {
            @Override
            public Optional<InputStream> open(ObjectKey key) {
                if (key.equals(new StreamArchive(made.generation).key(piece))) {
                    made.archive(NEXT, broken);
                    made.lose(key);
                }
                return super.open(key);
            }
        };
        FoundDamage damage =
                new PlannedContent(made.repository(archiving).current(), facts(), 1, Progress.NONE).at(plan);

        assertThat(damage.wal()).containsOnlyKeys(NEXT);
        assertThat(damage.wal().get(NEXT).how()).startsWith("WAL segment " + NEXT + " can't be replayed");
    }

    @Test
    void wal_that_goes_meanwhile_is_not_planned_with() {
        WalSegmentName name = MadeRepository.segment(1, 6);
        stream(wal.partial());
        RecoveryRequest request = to(END, FIRST);
        RecoveryFacts facts = facts();
        PlannedContent content = new PlannedContent(made.generation, facts, 2, Progress.NONE);
        RecoveryPlan plan = trusting(request).orElseThrow();
        assertThat(content.at(plan)).isEqualTo(FoundDamage.NONE);

        made.lose(made.key(name));
        FoundDamage lostBehindItsReading = content.at(plan);
        FoundDamage lostBeforeIt = new PlannedContent(made.generation, facts, 2, Progress.NONE).at(plan);

        assertThat(lostBehindItsReading).isEqualTo(lostBeforeIt);
        assertThat(lostBeforeIt.backups()).isEmpty();
        assertThat(lostBeforeIt.wal())
                .isEqualTo(
                        Map.of(name, new DamagedWal(name, made.key(name), "it was deleted while this plan was made")));
        assertThat(((Unreachable) WholeBackups.decide(facts, request, StopSearch.NAMES_ALONE, content)).reason())
                .contains("archived WAL file " + name + " is of no use: it was deleted while this plan was made");
        assertThat(content.read().findings()).isEmpty();
    }

    @Test
    void pieces_that_go_meanwhile_are_not_planned_with() {
        Piece piece = stream(wal.partial());
        RecoveryPlan plan = trusting(to(END)).orElseThrow();
        PlannedContent content = new PlannedContent(made.generation, facts(), 1, Progress.NONE);
        made.lose(new StreamArchive(made.generation).key(piece));

        assertThat(content.at(plan).wal()).containsOnlyKeys(NEXT);
    }

    @Test
    void a_partial_segment_that_goes_meanwhile_is_not_planned_with() {
        RecoveryTarget before = withAPartialSegment(wal.fork(2).fill(3));
        RecoveryPlan plan = trusting(to(before)).orElseThrow();
        PlannedContent content = new PlannedContent(made.generation, facts(), 1, Progress.NONE);
        assertThat(content.at(plan)).isEqualTo(FoundDamage.NONE);
        made.lose(made.key(MadeRepository.partial(1, 9)));

        assertThat(content.at(plan).wal()).containsOnlyKeys(NEXT);
    }

    /** The last of timeline 1, which timeline 2 has left; a target that it is taken for. */
    private RecoveryTarget withAPartialSegment(MadeWal second) {
        made.archive(MadeRepository.partial(1, 9), wal.partial());
        made.archive(second);
        made.history(2, wal.position());
        made.lose(made.key(MadeRepository.segment(2, 9)));
        return new RecoveryTarget.AtLsn(wal.position().plus(-200), Bound.EXCLUSIVE);
    }

    /** Its digest is right: it was archived as it is. */
    @Test
    void a_backup_whose_own_wal_breaks_is_not_recovered_to_its_end() {
        WalSegmentName name = MadeRepository.segment(1, 5);
        byte[] broken = wal.segments().get(name).clone();
        broken[900_000] ^= 1;
        made.lose(made.key(name));
        made.archive(name, broken);

        RecoveryPlan plan = trusting(to(new RecoveryTarget.Immediate())).orElseThrow();
        assertThat(plan.backup().id()).hasToString(FIRST);
        assertThat(plan.passedOver()).singleElement().satisfies(passed -> {
            assertThat(passed.id()).hasToString(SECOND);
            assertThat(passed.reason())
                    .startsWith("no record with which it is consistent comes before the broken WAL at 0/5")
                    .endsWith(" in segment " + name);
        });
        assertThat(trusting(to(new RecoveryTarget.Immediate(), SECOND))).isInstanceOf(Unreachable.class);
    }

    @Test
    void a_partial_segment_and_those_of_two_timelines_are_read_too() {
        MadeWal second = wal.fork(2).fill(3);
        RecoveryTarget before = withAPartialSegment(second);

        assertSound(to(before));
        assertThat(forms(before)).contains(WalRange.Form.PARTIAL);

        WalSegmentName first = MadeRepository.segment(2, 9);
        made.archive(first, second.segments().get(first));
        assertSound(to(END));
        assertThat(forms(END)).containsOnly(WalRange.Form.WHOLE);
    }

    private List<WalRange.Form> forms(RecoveryTarget target) {
        return trusting(to(target)).orElseThrow().wal().stream()
                .map(WalRange::form)
                .toList();
    }

    @Test
    void a_flipped_bit_in_a_data_object_costs_that_backup_and_is_named() {
        ObjectKey damaged = made.generation.layout().data(SECOND, 0, 1);
        made.flip(damaged);
        assertThat(trusting(to(END)).orElseThrow().backup().id()).hasToString(SECOND);

        RecoveryPlan plan = reading(to(END)).orElseThrow();

        assertThat(plan.backup().id()).hasToString(FIRST);
        assertThat(plan.passedOver()).singleElement().satisfies(passed -> {
            assertThat(passed.id()).hasToString(SECOND);
            assertThat(passed.reason())
                    .startsWith("object " + damaged + " of backup " + SECOND + " is damaged")
                    .contains("2 files are lost");
        });
        assertThat(found()).containsExactly("files_lost", "object_damaged");
        assertThat(read.findings())
                .allSatisfy(finding -> assertThat(finding.hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains("put the objects back")));
        assertThat(refused(to(END, SECOND)).reason())
                .startsWith("backup " + SECOND + " can't be used: object " + damaged);
    }

    @Test
    void a_file_that_is_not_what_the_manifest_says_costs_its_backup() {
        String third = "20261121T030000Z";
        made.wronglyListed = "base/5/small";
        made.backup(third, 1, 7, 7);

        RecoveryPlan plan = reading(to(END)).orElseThrow();

        assertThat(plan.backup().id()).hasToString(SECOND);
        assertThat(plan.passedOver().get(0).reason()).contains("\"base/5/small\"", "SHA-256");
    }

    @Test
    void a_bit_in_wal_that_the_search_for_the_stop_passes_over_is_in_the_way_of_what_lies_behind() {
        WalSegmentName name = MadeRepository.segment(1, 4);
        byte[] sound = wal.segments().get(name);
        made.archive(name, sound, sound);
        made.flip(made.key(name), made.bytes(made.key(name)).length - 1000);

        for (RecoveryRequest behind : List.of(to(lsn("0/601000")), to(lsn("0/680000"), FIRST))) {
            Unreachable refusal = refused(behind);
            assertThat(refusal.reason())
                    .contains("archived WAL file " + name + " is of no use: object " + made.key(name) + " is damaged");
            assertThat(refusal.reachable())
                    .extracting(range -> range.from() + "-" + range.to())
                    .containsExactlyInAnyOrder("0/302000-0/400000", "0/602000-0/900000");
            assertThat(found()).containsExactly("wal_damaged");
        }
        // The nearer backup does not need it, and to a moment before it the farther one does not.
        assertThat(reading(to(END)).orElseThrow().backup().id()).hasToString(SECOND);
        assertSound(to(lsn("0/380000")));
    }

    @Test
    void a_broken_record_is_in_the_way_of_what_lies_behind_it_and_not_of_what_lies_before() {
        WalSegmentName name = MadeRepository.segment(1, 4);
        byte[] sound = wal.segments().get(name);
        byte[] broken = sound.clone();
        broken[900_000] ^= 1;
        made.archive(name, broken, sound);

        assertSound(to(lsn("0/480000")));
        assertThat(refused(to(lsn("0/601000"))).reason())
                .contains("archived WAL file " + name + " is of no use: WAL segment " + name + " can't be replayed");
        assertThat(found()).containsExactly("wal_damaged");
    }

    @Test
    void all_that_is_damaged_is_found_one_plan_after_the_other() {
        made.flip(made.generation.layout().data(SECOND, 1, 0));
        WalSegmentName name = MadeRepository.segment(1, 4);
        byte[] sound = wal.segments().get(name);
        made.archive(name, sound, sound);
        made.flip(made.key(name), made.bytes(made.key(name)).length - 1000);

        Unreachable refusal = refused(to(END));

        assertThat(refusal.reason()).contains(name.toString());
        assertThat(refusal.passedOver()).hasSize(2);
        assertThat(refusal.reachable())
                .extracting(range -> range.from() + "-" + range.to())
                .containsExactly("0/302000-0/400000");
        assertThat(found()).contains("object_damaged", "wal_damaged");
    }

    @Test
    void a_backup_that_goes_meanwhile_is_not_planned_with() {
        RecoveryPlan plan = trusting(to(END)).orElseThrow();
        PlannedContent content = new PlannedContent(made.generation, facts(), 1, Progress.NONE);
        made.lose(made.generation.layout().manifest(SECOND));

        FoundDamage damage = content.at(plan);

        assertThat(damage.backups()).isEqualTo(Map.of(BackupId.parse(SECOND), "it was deleted while it was read"));
    }

    @Test
    void what_can_not_be_decrypted_is_not_taken_for_damage() {
        made = new MadeRepository(Encryption.AGE);
        sound();
        RecoveryPlan plan = trusting(to(END)).orElseThrow();
        assertSound(to(END));
        Generation keyless = made.withoutIdentity().current();

        assertThatThrownBy(() -> new PlannedContent(keyless, facts(), 1, Progress.NONE).at(plan))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY));
    }
}
