package org.pgpitr.cli.command;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;

class HeapForWorkersTest {
    @Test
    void the_usual_two_fit_into_the_launchers_heap() {
        assertThatCode(() -> HeapForWorkers.requireForBackup(2, Encryption.AGE, 480L << 20))
                .doesNotThrowAnyException();
    }

    @Test
    void encrypting_takes_copies() {
        assertThatCode(() -> HeapForWorkers.requireForBackup(7, Encryption.NONE, 480L << 20))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> HeapForWorkers.requireForBackup(7, Encryption.AGE, 480L << 20))
                .isInstanceOf(PgpitrException.class)
                .hasMessage("7 workers need 666 MB of heap, and Java may take 480 MB");
    }

    @Test
    void too_many_are_refused_with_the_heap_that_they_need() {
        assertThatThrownBy(() -> HeapForWorkers.requireForRestore(16, 480L << 20))
                .isInstanceOf(PgpitrException.class)
                .hasMessage("16 workers need 928 MB of heap, and Java may take 480 MB")
                .satisfies(thrown -> org.assertj.core.api.Assertions.assertThat(((PgpitrException) thrown).hint())
                        .contains("take fewer workers, or set PGPITR_JAVA_OPTS=-Xmx1160m"));
    }
}
