package org.pgpitr.service.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.check.Finding.Verdict;
import org.pgpitr.storage.StorageException;

class FindingsTest {
    private final List<Finding> heard = new ArrayList<>();
    private final Findings findings = new Findings(new CheckListener() {
        @Override
        public void found(Finding finding) {
            heard.add(finding);
        }

        @Override
        public void waiting(String forWhat) {}
    });

    @Test
    void what_fails_becomes_a_finding_and_stops_no_other() {
        findings.look(Topic.SERVER, () -> {
            throw new PgpitrException(ExitCode.POSTGRES_UNAVAILABLE, "no server", "start it");
        });
        findings.look(Topic.REPOSITORY, () -> {
            throw new StorageException(StorageException.Kind.UNAVAILABLE, "no store");
        });
        findings.look(Topic.BACKUP, () -> {
            throw new IllegalStateException("odd");
        });
        findings.ok(Topic.FSYNC, "fsync is on");

        assertThat(heard)
                .containsExactly(
                        new Finding(Topic.SERVER, Verdict.FAILED, "no server", Optional.of("start it")),
                        new Finding(Topic.REPOSITORY, Verdict.FAILED, "no store", Optional.empty()),
                        new Finding(
                                Topic.BACKUP,
                                Verdict.FAILED,
                                "a defect in pgpitr: java.lang.IllegalStateException: odd",
                                Optional.of("please report it, with this line")),
                        new Finding(Topic.FSYNC, Verdict.OK, "fsync is on", Optional.empty()));
        assertThat(findings.report().findings()).isEqualTo(heard);
        assertThat(findings.report().exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
    }

    @Test
    void notes_are_no_failure() {
        findings.note(Topic.ARCHIVE_TIMEOUT, "it is 0", "set it");
        findings.notChecked(Topic.BACKUP, "no repository");
        assertThat(findings.report().exitCode()).isEqualTo(ExitCode.OK);
        assertThat(heard.get(1).detail()).isEqualTo("not checked: no repository");
    }

    @Test
    void an_interruption_ends_the_check() {
        assertThatThrownBy(() -> findings.look(Topic.ARCHIVING, () -> {
                    Thread.currentThread().interrupt();
                    throw new PgpitrException(ExitCode.CHECK_FAILED, "interrupted");
                }))
                .hasMessage("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(heard).isEmpty();
    }
}
