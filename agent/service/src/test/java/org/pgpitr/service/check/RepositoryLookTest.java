package org.pgpitr.service.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.check.Finding.Verdict;
import org.pgpitr.service.init.CarelessStore;
import org.pgpitr.service.init.InitTarget.ConditionalWrites;
import org.pgpitr.service.init.StoreProbe;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.memory.MemoryStore;

class RepositoryLookTest {
    private final List<Finding> heard = new ArrayList<>();

    /** With append-only credentials. */
    private static final class KeepingStore extends ForwardingStore {
        KeepingStore(ObjectStore store) {
            super(store);
        }

        @Override
        public DeleteResult delete(Collection<ObjectKey> keys) {
            return DeleteResult.denied(keys);
        }
    }

    private void look(ObjectStore store, ConditionalWrites writes) {
        Findings findings = new Findings(new CheckListener() {
            @Override
            public void found(Finding finding) {
                heard.add(finding);
            }

            @Override
            public void waiting(String forWhat) {}
        });
        Repository repository = new Repository(store, new ClusterName("main"), Keys.none(), 1);
        CheckSubject subject = new CheckSubject(
                () -> {
                    throw new AssertionError("the server is not asked");
                },
                () -> repository,
                Optional.empty(),
                writes,
                Duration.ofSeconds(1),
                Optional.empty());
        assertThat(new RepositoryLook(findings, subject).run()).contains(repository);
    }

    private Finding of(Topic topic) {
        return heard.stream()
                .filter(finding -> finding.topic() == topic)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_sound_store_is_told_so() {
        look(new MemoryStore(), ConditionalWrites.REQUIRED);

        assertThat(heard)
                .extracting(Finding::topic)
                .containsExactly(
                        Topic.REPOSITORY, Topic.REPOSITORY_WRITE, Topic.REPOSITORY_DELETE, Topic.CONDITIONAL_WRITES);
        assertThat(heard).allMatch(finding -> finding.verdict() == Verdict.OK);
        assertThat(of(Topic.REPOSITORY_DELETE).detail()).isEqualTo("it was deleted again");
        assertThat(of(Topic.CONDITIONAL_WRITES).detail()).isEqualTo("conditional writes are honoured");
    }

    @Test
    void a_store_that_ignores_conditional_writes_fails() {
        look(new CarelessStore(new MemoryStore()), ConditionalWrites.REQUIRED);

        assertThat(of(Topic.CONDITIONAL_WRITES))
                .isEqualTo(new Finding(
                        Topic.CONDITIONAL_WRITES,
                        Verdict.FAILED,
                        "the store does not honour conditional writes",
                        Optional.of(StoreProbe.HINT)));
    }

    @Test
    void a_store_that_ignores_conditional_writes_on_the_users_word_is_noted() {
        look(new CarelessStore(new MemoryStore()), ConditionalWrites.WAIVED);

        assertThat(of(Topic.CONDITIONAL_WRITES).verdict()).isEqualTo(Verdict.NOTE);
        assertThat(of(Topic.CONDITIONAL_WRITES).detail()).contains("ignores conditional writes");
    }

    @Test
    void append_only_credentials_are_a_choice() {
        look(new KeepingStore(new MemoryStore()), ConditionalWrites.REQUIRED);

        assertThat(of(Topic.REPOSITORY_DELETE).verdict()).isEqualTo(Verdict.NOTE);
        assertThat(of(Topic.REPOSITORY_DELETE).detail()).startsWith("the store refuses to delete: append-only");
        assertThat(of(Topic.CONDITIONAL_WRITES).verdict()).isEqualTo(Verdict.OK);
    }
}
