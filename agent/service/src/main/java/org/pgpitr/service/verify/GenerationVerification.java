package org.pgpitr.service.verify;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgpitr.repository.Generation;
import org.pgpitr.service.Progress;
import org.pgpitr.service.verify.Surveyed.Access;

/** Verifies one generation. */
final class GenerationVerification {
    private final Generation generation;
    private final VerifyOptions options;
    private final Progress progress;
    private final Clock clock;
    private final Findings findings;
    private final Tally tally = new Tally();

    GenerationVerification(Generation generation, VerifyOptions options, Progress progress, Clock clock) {
        this.generation = generation;
        this.options = options;
        this.progress = progress;
        this.clock = clock;
        this.findings = new Findings(progress);
    }

    GenerationReport run() {
        Surveyed surveyed = new QuickSurvey(generation, options, findings, tally, clock).run();
        if (options.depth() instanceof Depth.Quick) {
            return report(surveyed, Optional.empty(), 0);
        }
        if (surveyed.access() == Access.READABLE) {
            Memory.require(generation.identity().segmentSize(), options.workers());
        }
        try (RunState state = options.stateFolder()
                .map(folder -> RunState.open(folder, arguments(surveyed), progress, clock))
                .orElseGet(RunState::none)) {
            GenerationReport report = options.depth() instanceof Depth.Sample sample
                    ? sample(surveyed, sample, state)
                    : content(surveyed, state, name -> true, Optional.empty());
            state.finish();
            return report;
        }
    }

    private List<String> arguments(Surveyed surveyed) {
        return List.of(
                generation.store().location(),
                generation.layout().cluster().toString(),
                Integer.toString(generation.number()),
                options.depth() instanceof Depth.Sample sample ? "sample " + sample.parts() : "full",
                options.scope(surveyed.access()),
                options.since().map(Object::toString).orElse(""));
    }

    private GenerationReport sample(Surveyed surveyed, Depth.Sample sample, RunState state) {
        Rotation rotation = new Rotation(generation, options.scope(surveyed.access()), sample.parts(), clock);
        Rotation.Turn turn = state.turn().orElseGet(() -> {
            Rotation.Turn begun = rotation.next();
            state.begin(begun);
            return begun;
        });
        GenerationReport report = content(
                surveyed,
                state,
                name -> rotation.partOf(name) == turn.part(),
                Optional.of(new GenerationReport.Part(turn.part() + 1, sample.parts(), turn.round() + 1)));
        rotation.done(turn);
        return report;
    }

    private GenerationReport content(
            Surveyed surveyed, RunState state, Predicate<String> chosen, Optional<GenerationReport.Part> part) {
        long continued = new ContentPass(generation, options, surveyed, findings, tally, progress, state, chosen).run();
        new Costs(generation.identity().segmentSize(), surveyed, clock).tell(findings);
        return report(surveyed, part, continued);
    }

    private GenerationReport report(Surveyed surveyed, Optional<GenerationReport.Part> part, long continued) {
        return new GenerationReport(
                generation.number(),
                findings.sorted(),
                findings.counts(),
                tally.verified(surveyed.wal().segments()),
                part,
                continued);
    }
}
