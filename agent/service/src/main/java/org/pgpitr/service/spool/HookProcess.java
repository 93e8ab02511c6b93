package org.pgpitr.service.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The process of a hook that asks, as the system tells of it: the hook itself can't say all by which it would be told
 * from another one.
 *
 * @param directory its working directory
 * @param variables its environment, as it was started with
 */
public record HookProcess(Path directory, Map<String, String> variables) {
    /** Empty if it is gone, or the system does not show it. */
    public static Optional<HookProcess> of(Ask ask) {
        Path process = process(ask);
        try {
            return Optional.of(new HookProcess(
                    Files.readSymbolicLink(process.resolve("cwd")),
                    variables(new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8))));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** Whether it may still want its answer. */
    public static boolean isThere(Ask ask) {
        return Files.exists(process(ask));
    }

    private static Path process(Ask ask) {
        return Path.of("/proc", ask.hook());
    }

    private static Map<String, String> variables(String block) {
        Map<String, String> variables = new HashMap<>();
        for (String variable : block.split("\0")) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }
}
