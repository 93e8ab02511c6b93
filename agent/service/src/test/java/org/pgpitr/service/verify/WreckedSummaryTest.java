package org.pgpitr.service.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.codec.StoredAnnex;
import org.pgpitr.repository.find.IncidentSearch;
import org.pgpitr.repository.find.SearchFilter;
import org.pgpitr.repository.find.SearchListener;
import org.pgpitr.repository.find.SearchRange;
import org.pgpitr.repository.find.SearchRequest;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.index.IndexBuilder;
import org.pgpitr.repository.plan.FoundDamage;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.TimelineWindow;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.repository.window.WindowAnswer;
import org.pgpitr.repository.window.WindowReader;
import org.pgpitr.storage.ObjectKey;

/**
 * A segment's object, damaged where its summary stands. What costs the WAL too is named alike by all who ask, and what
 * costs the summary alone keeps nothing from being recovered.
 */
class WreckedSummaryTest {
    private static final String FIRST = "20261121T010000Z";

    private final MadeRepository made = new MadeRepository(Encryption.NONE);
    private final ObjectKey key = made.key(MadeRepository.segment(1, 4));

    /** How the object is damaged, so that its WAL is lost too. */
    enum Wreck {
        CUT_IN_THE_FRAMES_HEADER(bytes -> Arrays.copyOf(bytes, StoredAnnex.at(bytes) + StoredAnnex.LENGTH_FIELD)),
        CUT_WITHIN(bytes ->
                Arrays.copyOf(bytes, StoredAnnex.at(bytes) + StoredAnnex.FRAME_HEADER + StoredAnnex.length(bytes) / 2)),
        SHORTER(bytes -> flipped(
                bytes,
                StoredAnnex.at(bytes) + StoredAnnex.LENGTH_FIELD,
                Integer.lowestOneBit(StoredAnnex.length(bytes)))),
        LONGER(bytes -> flipped(bytes, StoredAnnex.at(bytes) + StoredAnnex.LENGTH_FIELD + 2, 8)),
        MUCH_LONGER(bytes -> flipped(bytes, StoredAnnex.at(bytes) + StoredAnnex.LENGTH_FIELD + 3, 64)),
        LONGER_THAN_THE_OBJECT(bytes -> Arrays.copyOf(LONGER.damage.apply(bytes), bytes.length / 3));

        private final UnaryOperator<byte[]> damage;

        Wreck(UnaryOperator<byte[]> damage) {
            this.damage = damage;
        }
    }

    private static byte[] flipped(byte[] bytes, int at, int bit) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) bit;
        return flipped;
    }

    /** Two backups, in segments 2 and 5, and WAL from 2 to 8. */
    @BeforeEach
    void sound() {
        made.archiveSummarized(made.wal(2).fill(7));
        made.backup(FIRST, 1, 2, 3);
        made.backup("20261121T020000Z", 1, 5, 6);
    }

    private TimelineWindow window() {
        WindowAnswer.Known answer = (WindowAnswer.Known)
                new WindowReader(made.generation, MadeRepository.CLOCK, FoundDamage.NONE, segments -> {})
                        .read(WindowReader.Depth.CONTENTS);
        return answer.window().timelines().get(0);
    }

    private static List<String> intervals(TimelineWindow window) {
        return window.intervals().stream()
                .map(interval ->
                        interval.range().from() + "-" + interval.range().to())
                .toList();
    }

    private static RecoveryRequest to(String lsn) {
        return new RecoveryRequest(
                new RecoveryTarget.AtLsn(Lsn.parse(lsn), Bound.INCLUSIVE),
                new RecoveryTargetTimeline.Latest(),
                Optional.of(BackupId.parse(FIRST)));
    }

    private List<String> notes() {
        ArchiveListing listing = ArchiveListing.begin(made.generation);
        return new IncidentSearch(
                        made.generation,
                        RecoveryFactsReader.readWhateverBackups(made.generation, MadeRepository.CLOCK, listing),
                        listing.rolledUp(),
                        SearchListener.NONE)
                .run(new SearchRequest(
                        new SearchRange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                        SearchFilter.ALL,
                        10,
                        Optional.empty()))
                .notes();
    }

    private List<Finding> findings(ExitCode expected) {
        VerifyReport report = made.verify(new Depth.Full());
        assertThat(report.exitCode()).as("%s", report).isEqualTo(expected);
        return report.generations().get(0).findings();
    }

    @ParameterizedTest
    @EnumSource
    void what_costs_the_wal_too_is_named_by_all_who_ask(Wreck wreck) {
        made.put(key, wreck.damage.apply(made.bytes(key)));
        String damaged = "object " + key + " is damaged: ";

        assertThat(intervals(window())).containsExactly("0/302000-0/400000", "0/602000-0/900000");
        assertThat(window().gaps())
                .singleElement()
                .satisfies(gap -> assertThat(gap.causes())
                        .singleElement()
                        .satisfies(cause -> assertThat(cause.what()).contains("000000010000000000000004", damaged)));
        assertThat(made.planByIndex(to("0/380000"))).isInstanceOf(RecoveryPlan.class);
        assertThat(((Unreachable) made.planByIndex(to("0/480000"))).reason()).contains(damaged);
        assertThat(notes())
                .filteredOn(note -> note.contains("can't be read"))
                .singleElement()
                .satisfies(note ->
                        assertThat(note).startsWith("WAL segment 000000010000000000000004 can't be read: " + damaged));
        assertThat(findings(ExitCode.CORRUPT))
                .singleElement()
                .isInstanceOfSatisfying(
                        WalFinding.WalDamaged.class,
                        finding -> assertThat(finding.message()).startsWith(damaged));
        assertThat(new IndexBuilder(made.generation, new WalArchive(made.generation).scan(), 2)
                        .build(segments -> {})
                        .segments())
                .isEqualTo(7);
    }

    @Test
    void what_costs_the_summary_alone_is_named_by_a_verification_and_keeps_nothing_from_being_recovered() {
        byte[] sound = made.bytes(key);
        int behindHeader = StoredAnnex.at(sound) + StoredAnnex.FRAME_HEADER;
        // Its version; the segment's name; the last of what it tells
        for (int at : new int[] {behindHeader, behindHeader + 5, behindHeader + StoredAnnex.length(sound) - 1}) {
            made.put(key, flipped(sound, at, 1));

            assertThat(findings(ExitCode.CORRUPT))
                    .singleElement()
                    .isInstanceOfSatisfying(BesideFinding.SummaryDamaged.class, finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.MINOR);
                        assertThat(finding.message())
                                .isEqualTo("object " + key + " is damaged: its summary is not that of its WAL");
                    });
        }
        made.put(key, flipped(sound, behindHeader, 1));
        assertThat(intervals(window())).containsExactly("0/302000-0/900000");
        assertThat(intervals(made.window().window().timelines().get(0))).containsExactly("0/302000-0/900000");
        assertThat(made.planByIndex(to("0/480000"))).isInstanceOf(RecoveryPlan.class);
        assertThat(notes()).noneMatch(note -> note.contains("can't be read"));
    }

    @Test
    void sound_summaries_are_sound() {
        assertThat(findings(ExitCode.OK)).isEmpty();
        assertThat(intervals(window())).containsExactly("0/302000-0/900000");
    }
}
