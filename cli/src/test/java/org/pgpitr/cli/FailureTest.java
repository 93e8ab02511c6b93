package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.storage.StorageException;

class FailureTest {
    @ParameterizedTest
    @EnumSource
    void what_knows_its_exit_code_keeps_it(ExitCode exitCode) {
        Failure failure = Failure.of(new ExecutionException(new PgpitrException(exitCode, "message", "hint")));

        assertThat(failure.exitCode()).isEqualTo(exitCode);
        assertThat(failure.message()).isEqualTo("message");
        assertThat(failure.hint()).contains("hint");
    }

    @ParameterizedTest
    @EnumSource
    void a_store_that_fails_is_30_and_one_that_is_not_there_is_10(StorageException.Kind kind) {
        Failure failure = Failure.of(new StorageException(kind, "message"));

        assertThat(failure.exitCode())
                .isEqualTo(
                        kind == StorageException.Kind.NO_SUCH_LOCATION
                                ? ExitCode.NO_REPOSITORY
                                : ExitCode.STORAGE_UNAVAILABLE);
    }

    @Test
    void a_stores_own_hint_goes_first() {
        Failure failure = Failure.of(new StorageException(StorageException.Kind.FULL, "message", "its own", null));

        assertThat(failure.hint()).contains("its own");
    }

    @Test
    void everything_else_is_a_defect() {
        assertThat(Failure.of(new IllegalStateException("x")).exitCode()).isEqualTo(ExitCode.DEFECT);
        assertThat(Failure.of(new OutOfMemoryError("x")).exitCode()).isEqualTo(ExitCode.DEFECT);
        assertThat(Failure.of(new OutOfMemoryError("x")).hint()).isPresent();
    }
}
