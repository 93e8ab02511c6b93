package org.pgpitr.service.check;

import java.util.Optional;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.init.InitTarget.ConditionalWrites;
import org.pgpitr.service.init.StoreProbe;
import org.pgpitr.storage.ConditionalWriteProbe;
import org.pgpitr.storage.ConditionalWriteProbe.Deletion;

/** Looks at the store: can it be read, written to, deleted from, and does it decide races. */
final class RepositoryLook {
    private final Findings findings;
    private final CheckSubject subject;

    RepositoryLook(Findings findings, CheckSubject subject) {
        this.findings = findings;
        this.subject = subject;
    }

    /** The repository if it can be read. */
    Optional<Repository> run() {
        Optional<Repository> repository = findings.ask(Topic.REPOSITORY, () -> {
            Repository opened = subject.repository().get();
            int generations = opened.generations().size();
            findings.ok(
                    Topic.REPOSITORY,
                    opened.store().location() + ", cluster \"" + opened.name() + "\""
                            + (generations > 1 ? ", " + generations + " generations" : ""));
            return opened;
        });
        Optional<ConditionalWriteProbe.Findings> probe =
                repository.flatMap(opened -> findings.ask(Topic.REPOSITORY_WRITE, () -> StoreProbe.run(opened)));
        if (probe.isPresent()) {
            tell(probe.get());
        } else {
            String because =
                    repository.isPresent() ? "the repository can't be written to" : "the repository can't be read";
            if (repository.isEmpty()) {
                findings.notChecked(Topic.REPOSITORY_WRITE, because);
                findings.notChecked(Topic.CLUSTER, because);
                findings.notChecked(Topic.ENCRYPTION, because);
            }
            findings.notChecked(Topic.REPOSITORY_DELETE, because);
            findings.notChecked(Topic.CONDITIONAL_WRITES, because);
        }
        return repository;
    }

    private void tell(ConditionalWriteProbe.Findings probe) {
        findings.ok(Topic.REPOSITORY_WRITE, "a small object was written and read");
        if (probe.deletion() == Deletion.ALLOWED) {
            findings.ok(Topic.REPOSITORY_DELETE, "it was deleted again");
        } else {
            findings.note(
                    Topic.REPOSITORY_DELETE,
                    "the store refuses to delete: append-only, which is a choice; old backups are not removed from here",
                    null);
        }
        if (probe.conditionalWritesHonoured()) {
            findings.ok(
                    Topic.CONDITIONAL_WRITES,
                    subject.conditionalWrites() == ConditionalWrites.REQUIRED
                            ? "conditional writes are honoured"
                            : "decided by looking first, as conditional_writes = false wants it");
        } else if (subject.conditionalWrites() == ConditionalWrites.WAIVED) {
            findings.note(
                    Topic.CONDITIONAL_WRITES,
                    "the store ignores conditional writes, which conditional_writes = false takes on",
                    null);
        } else {
            findings.failed(Topic.CONDITIONAL_WRITES, "the store does not honour conditional writes", StoreProbe.HINT);
        }
    }
}
