package org.pgpitr.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.FactsBuilder;
import org.pgpitr.repository.plan.RecoveryDecision;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryPlanner;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.SimulatedCluster;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.retention.NaiveRetention.Taken;

/**
 * The planner against a model that goes through every backup, file and record, and against the recovery planner's answers
 * before and after: nothing that a policy keeps recoverable is ever lost, and nothing unneeded stays.
 */
class RetentionPlannerModelTest {
    private static final long SEED = 20261121;
    private static final int HISTORIES = 2_500;
    private static final int MOMENTS = 20;

    private long backupsGone;
    private long filesGone;
    private long piecesGone;
    private long piecesStaying;
    private long companionsGone;
    private long promises;
    private long refusals;
    private long yearsKept;

    @Test
    @DisplayName("Classes 11, 12 and 13: what the policy keeps stays recoverable, and what nothing needs goes")
    void a_plan_keeps_what_is_promised_and_nothing_else() {
        for (int i = 0; i < HISTORIES; i++) {
            Random random = new Random(SEED + i);
            SimulatedHistory history = new SimulatedHistory(random);
            try {
                check(history, random);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + (SEED + i) + "\n" + history, e);
            }
        }
        assertThat(backupsGone).isGreaterThan(HISTORIES / 2);
        assertThat(filesGone).isGreaterThan(HISTORIES);
        assertThat(piecesGone).isGreaterThan(HISTORIES / 10);
        assertThat(piecesStaying).isGreaterThan(HISTORIES / 10);
        assertThat(companionsGone).isGreaterThan(HISTORIES);
        assertThat(promises).isGreaterThan(HISTORIES);
        assertThat(refusals).isGreaterThan(10);
        assertThat(yearsKept).as("kept by nothing but a past year").isGreaterThan(10);
    }

    private void check(SimulatedHistory history, Random random) {
        RetentionPlan plan = RetentionPlanner.plan(history.facts(), history.policy);
        NaiveRetention naive = new NaiveRetention(history);
        refusals += plan.refusal().isPresent() ? 1 : 0;
        assertThat(plan.refusal().isPresent()).isEqualTo(naive.recoverable.isEmpty());
        for (SimulatedHistory.Era era : history.eras) {
            GenerationPlan part = plan.generation(era.number());
            assertThat(stayingBackups(part, era)).as("backups").isEqualTo(keptBackups(naive, era));
            assertThat(stayingFiles(part)).as("WAL").isEqualTo(naive.files(era));
            assertThat(stayingCompanions(part)).as("companions").isEqualTo(naive.companions(era));
            yearsKept += part.backups().stream()
                    .filter(backup -> backup.reasons().size() == 1
                            && backup.reasons().get(0).kind() == Reason.Kind.YEARLY)
                    .count();
            companionsGone += part.companions().size() - stayingCompanions(part).size();
            RecoveryFacts after = after(era, part);
            backupsGone +=
                    era.facts().recovery().backups().size() - after.backups().size();
            filesGone += era.files().size() - stayingFiles(part).size();
            piecesGone += part.pieces().stream().filter(p -> !p.stays()).count();
            piecesStaying += part.pieces().stream().filter(PiecesVerdict::stays).count();
            assertPromisesHeld(history, naive, era, after, random);
        }
    }

    private static Set<BackupId> stayingBackups(GenerationPlan part, SimulatedHistory.Era era) {
        Set<BackupId> ids = new HashSet<>();
        part.backups().stream()
                .filter(BackupVerdict::stays)
                .filter(b -> b.summary().isPresent())
                .forEach(b -> ids.add(b.id()));
        assertThat(part.backups())
                .hasSize(era.facts().recovery().backups().size()
                        + era.facts().recovery().unreadable().size());
        return ids;
    }

    private static Set<BackupId> keptBackups(NaiveRetention naive, SimulatedHistory.Era era) {
        return naive.kept.stream()
                .filter(k -> k.era() == era)
                .map(k -> k.backup().id())
                .collect(Collectors.toSet());
    }

    private static Set<String> stayingFiles(GenerationPlan part) {
        Set<String> files = new TreeSet<>();
        for (WalVerdict verdict : part.wal()) {
            long first = verdict.first().number(FactsBuilder.SIZE);
            long last = verdict.last().number(FactsBuilder.SIZE);
            assertThat(verdict.segments()).isEqualTo(last - first + 1);
            for (long segment = first; segment <= last && verdict.stays(); segment++) {
                files.add(new SimulatedCluster.File(
                                (int) verdict.range().timeline().value(),
                                (int) segment,
                                verdict.range().form())
                        .toString());
            }
        }
        for (PiecesVerdict verdict : part.pieces()) {
            assertThat(verdict.reasons().isEmpty()).isEqualTo(!verdict.stays());
            if (verdict.stays()) {
                WalSegmentName segment = verdict.pieces().segment();
                files.add(new SimulatedCluster.File(
                                (int) segment.timeline().value(),
                                (int) segment.number(FactsBuilder.SIZE),
                                WalRange.Form.STREAMED)
                        .toString());
            }
        }
        return files;
    }

    private static Set<String> stayingCompanions(GenerationPlan part) {
        return part.companions().stream()
                .filter(CompanionVerdict::stays)
                .map(verdict -> verdict.companion().key().value())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static RecoveryFacts after(SimulatedHistory.Era era, GenerationPlan part) {
        Set<BackupId> staying = stayingBackups(part, era);
        ArchivedWal.Builder wal = ArchivedWal.builder();
        RecoveryFacts before = era.facts().recovery();
        for (WalVerdict verdict : part.wal()) {
            TimelineId timeline = verdict.range().timeline();
            long last = verdict.last().number(FactsBuilder.SIZE);
            for (long s = verdict.first().number(FactsBuilder.SIZE); s <= last && verdict.stays(); s++) {
                if (verdict.range().form() == WalRange.Form.PARTIAL) {
                    wal.partial(timeline, s);
                } else {
                    wal.segment(timeline, s, 100);
                }
            }
        }
        for (PiecesVerdict verdict : part.pieces()) {
            TimelineId timeline = verdict.pieces().segment().timeline();
            long segment = verdict.pieces().segment().number(FactsBuilder.SIZE);
            if (verdict.stays()) {
                before.wal()
                        .streamedTo(timeline, segment)
                        .ifPresentOrElse(
                                end -> wal.streamed(timeline, segment, end), () -> wal.inPieces(timeline, segment));
            }
        }
        return new RecoveryFacts(
                before.segmentSize(),
                before.backups().stream().filter(b -> staying.contains(b.id())).toList(),
                before.unreadable(),
                before.histories(),
                wal.build(),
                before.asOf());
    }

    private void assertPromisesHeld(
            SimulatedHistory history,
            NaiveRetention naive,
            SimulatedHistory.Era era,
            RecoveryFacts after,
            Random random) {
        RecoveryFacts before = era.facts().recovery();
        RetentionPolicy policy = history.policy;
        for (Taken k : naive.kept.stream().filter(k -> k.era() == era).toList()) {
            boolean all = policy.wal().isEmpty()
                    || naive.recoverable.isEmpty()
                    || k.equals(naive.newest())
                    || era.facts().inUse().containsKey(k.backup().id());
            for (int timeline : k.timelines()) {
                same(before, after, request(new RecoveryTarget.Immediate(), timeline, k.backup()));
                if (all) {
                    same(before, after, request(new RecoveryTarget.EndOfWal(), timeline, k.backup()));
                    int record = random.nextInt(50);
                    same(before, after, request(at(record), timeline, k.backup()));
                }
            }
        }
        policy.window().ifPresent(span -> moments(history.now.minus(span), era, before, after, random));
        RecoveryFacts keptBackups = new RecoveryFacts(
                before.segmentSize(),
                after.backups(),
                before.unreadable(),
                before.histories(),
                before.wal(),
                before.asOf());
        policy.wal().ifPresent(span -> moments(history.now.minus(span), era, keptBackups, after, random));
    }

    private static RecoveryTarget at(int record) {
        return new RecoveryTarget.AtLsn(SimulatedCluster.lsn(record), Bound.EXCLUSIVE);
    }

    private static RecoveryRequest request(RecoveryTarget target, int timeline, BackupSummary... backup) {
        return new RecoveryRequest(
                target,
                new RecoveryTargetTimeline.Numbered(new TimelineId(timeline)),
                List.of(backup).stream().findFirst().map(BackupSummary::id));
    }

    /** What could be recovered can be, in the same way. */
    private void same(RecoveryFacts before, RecoveryFacts after, RecoveryRequest request) {
        if (RecoveryPlanner.decide(before, request) instanceof RecoveryPlan old) {
            promises++;
            RecoveryDecision now = RecoveryPlanner.decide(after, request);
            assertThat(now).as(request.toString()).isInstanceOf(RecoveryPlan.class);
            assertThat(((RecoveryPlan) now).wal()).as(request.toString()).isEqualTo(old.wal());
        }
    }

    /** What could be recovered of the moments since {@code since} can be, in whatever way. */
    private void moments(
            Instant since, SimulatedHistory.Era era, RecoveryFacts before, RecoveryFacts after, Random random) {
        for (int i = 0; i < MOMENTS; i++) {
            SimulatedCluster.Timeline t = era.cluster()
                    .timelines
                    .get(random.nextInt(era.cluster().timelines.size()));
            int record = t.begin() + 1 + random.nextInt(Math.max(1, t.end() - t.begin()));
            // the state at that moment lasts until the next record
            boolean inTime = era.time(t.id(), record + 1).isAfter(since);
            boolean archived = era.cluster()
                    .find(t.id(), record / SimulatedCluster.RECORDS)
                    .filter(f -> !era.archived(f).isBefore(since))
                    .isPresent();
            RecoveryRequest request = request(at(record), t.id());
            if (inTime && archived && RecoveryPlanner.decide(before, request) instanceof RecoveryPlan) {
                promises++;
                assertThat(RecoveryPlanner.decide(after, request))
                        .as(request + " since " + since)
                        .isInstanceOf(RecoveryPlan.class);
            }
        }
    }
}
