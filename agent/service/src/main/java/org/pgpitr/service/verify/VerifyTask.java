package org.pgpitr.service.verify;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * Verifies everything in a repository that a recovery of the cluster would need. What is damaged or missing is a finding;
 * a store that does not answer is an error, and the next run with the same options goes on where this one ended.
 */
public final class VerifyTask {
    private final Repository repository;
    private final VerifyOptions options;
    private final Progress progress;
    private final Clock clock;

    public VerifyTask(Repository repository, VerifyOptions options, Progress progress, Clock clock) {
        this.repository = repository;
        this.options = options;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Verifies.
     *
     * @throws PgpitrException NO_REPOSITORY if the cluster is not there; USAGE if there is no such backup; LOCKED if
     *     another run with the same options is under way on this host
     * @throws org.pgpitr.storage.StorageException if the store does not deliver
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public VerifyReport run() {
        List<GenerationReport> reports = new ArrayList<>();
        for (int number : numbers()) {
            verify(number).ifPresent(reports::add);
        }
        if (reports.isEmpty()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "there is no backup " + options.backup().orElseThrow() + " of cluster \"" + repository.name()
                            + "\" in " + repository.store().location(),
                    "see `pgpitr list`; a backup that was interrupted is none");
        }
        return new VerifyReport(options.depth(), reports);
    }

    private List<Integer> numbers() {
        if (options.generation().isPresent()) {
            return List.of(options.generation().getAsInt());
        }
        TreeSet<Integer> numbers = listed();
        if (numbers.isEmpty()) {
            // throws, with the words that all commands have for it
            numbers.add(repository.current().number());
        }
        return List.copyOf(numbers);
    }

    /** The generations of which there is any object, also where an identity is missing. */
    private TreeSet<Integer> listed() {
        String prefix = RepositoryLayout.clusterPrefix(repository.name());
        TreeSet<Integer> numbers = new TreeSet<>();
        Optional<String> part = firstPart(prefix, Optional.empty());
        while (part.isPresent()) {
            if (part.get().matches("[1-9][0-9]{0,8}")) {
                numbers.add(Integer.parseInt(part.get()));
            }
            part = firstPart(prefix, Optional.of(ObjectKey.of(prefix + part.get() + "/zzz")));
        }
        return numbers;
    }

    /** What follows the prefix up to the next slash, in the first key behind {@code after}. */
    private Optional<String> firstPart(String prefix, Optional<ObjectKey> after) {
        List<String> found = new ArrayList<>();
        ListVisitor visitor = (key, stat) -> {
            found.add(key.value().substring(prefix.length()).split("/", 2)[0]);
            return Next.STOP;
        };
        if (after.isPresent()) {
            repository.store().listAfter(prefix, after.get(), visitor);
        } else {
            repository.store().list(prefix, visitor);
        }
        return found.stream().findFirst();
    }

    /** Empty if the one backup that was asked for is not in this generation. */
    private Optional<GenerationReport> verify(int number) {
        Generation generation;
        try {
            generation = repository.generation(number);
        } catch (PgpitrException e) {
            return Optional.of(unusable(number, e));
        }
        if (options.backup().isPresent()
                && generation
                        .store()
                        .stat(generation
                                .layout()
                                .manifest(options.backup().get().value()))
                        .isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new GenerationVerification(generation, options, progress, clock).run());
    }

    private GenerationReport unusable(int number, PgpitrException e) {
        Finding finding;
        if (e.exitCode() == ExitCode.CORRUPT) {
            finding = new RepositoryFinding.IdentityDamaged(number, e.getMessage());
        } else if (e.exitCode() == ExitCode.NO_REPOSITORY
                && options.generation().isEmpty()) {
            finding = new RepositoryFinding.IdentityMissing(
                    number, RepositoryLayout.identity(repository.name(), number).value());
        } else {
            throw e;
        }
        progress.say(finding.message());
        return new GenerationReport(
                number,
                List.of(finding),
                Map.of(finding.severity(), 1L),
                GenerationReport.Verified.NOTHING,
                Optional.empty(),
                0);
    }
}
