package org.pgpitr.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

class DiskErrorsTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({
        "No space left on device, FULL",
        "Disk quota exceeded, FULL",
        "Read-only file system, ACCESS_DENIED",
        "Operation not permitted, ACCESS_DENIED",
        "Permission denied, ACCESS_DENIED",
        "File name too long, OTHER",
        "Not a directory, OTHER",
        "No locks available, UNSUPPORTED",
        "Input/output error, UNAVAILABLE",
        "Stale file handle, UNAVAILABLE",
        "Transport endpoint is not connected, UNAVAILABLE"
    })
    void what_the_system_says_decides(String said, Kind kind) {
        for (IOException e : new IOException[] {new IOException(said), new FileSystemException("x", null, said)}) {
            StorageException failure = new DiskErrors(root).translate("store a/b", e);
            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure).hasMessageStartingWith("could not store a/b at file://" + root + ": " + said);
            assertThat(failure).hasCause(e);
        }
    }

    @Test
    void a_denied_permission_names_the_file() {
        StorageException failure = new DiskErrors(root).translate("read a/b", new AccessDeniedException("/x/a"));
        assertThat(failure.kind()).isEqualTo(Kind.ACCESS_DENIED);
        assertThat(failure).hasMessageEndingWith("permission denied on /x/a");
    }

    @Test
    void a_disk_that_holds_less_than_is_needed_is_full_in_any_language() {
        StorageException failure = new DiskErrors(root)
                .translateWrite(
                        "store a/b", Long.MAX_VALUE, new IOException("Auf dem Gerät ist kein Speicherplatz mehr"));
        assertThat(failure.kind()).isEqualTo(Kind.FULL);
        assertThat(new DiskErrors(root)
                        .translateWrite("store a/b", 1, new IOException("Kaputt"))
                        .kind())
                .isEqualTo(Kind.UNAVAILABLE);
    }
}
