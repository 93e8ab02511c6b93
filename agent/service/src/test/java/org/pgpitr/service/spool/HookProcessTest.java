package org.pgpitr.service.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.postgres.WalFileName;

/** Which process is taken for the hook that asks. */
class HookProcessTest {
    private static final String SEGMENT = "000000010000000000000042";
    private static final String OTHER = "000000010000000000000043";

    @TempDir
    private Path folder;

    /** Of a process that stands in the folder, has VARIABLE=value, and was called with these words. */
    private Optional<HookProcess> hook(List<String> before, String... words) throws Exception {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("sh", "-c", "echo begun; read end", "pgpitr"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("VARIABLE", "value");
        Process process = builder.start();
        try {
            assumeTrue(process.inputReader().readLine() != null, "this user may not do that here");
            return HookProcess.of(ask(Long.toString(process.pid())));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Ask ask(String process) throws IOException {
        return new Ask(WalFileName.parse(SEGMENT), process, "", folder.resolve("ask"));
    }

    @Test
    void a_hook_is_known_by_its_command_and_file() throws Exception {
        Optional<HookProcess> hook = hook(List.of(), "archive-get", "--cluster", "c", SEGMENT, "pg_wal/RECOVERYXLOG");
        assertThat(hook).isPresent();
        assertThat(hook.get().directory()).isEqualTo(folder.toRealPath());
        assertThat(hook.get().variables()).containsEntry("VARIABLE", "value").containsKey("PATH");
    }

    @Test
    @DisplayName("Class 3: a process that has the hook's number by now is not taken for it")
    void another_process_of_that_number_is_none() throws Exception {
        assertThat(hook(List.of(), "archive-get", OTHER)).isEmpty();
        assertThat(hook(List.of(), "archive-push", SEGMENT)).isEmpty();
        assertThat(hook(List.of(), "archive-get " + SEGMENT)).isEmpty();
        assertThat(HookProcess.of(ask(Long.toString(ProcessHandle.current().pid()))))
                .isEmpty();
        assertThat(HookProcess.of(ask("4194305"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--mount", "--net"})
    @DisplayName("Class 3: a hook whose paths or addresses may lead elsewhere is not the agent's")
    void a_hook_in_another_namespace_is_none(String namespace) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "no unshare here");
        assertThat(hook(List.of("/usr/bin/unshare", namespace), "archive-get", SEGMENT))
                .isEmpty();
    }
}
