package org.pgpitr.service.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The process of a recovery's hook that asks, as the system tells of it: the hook itself can't say all by which it would
 * be told from another one.
 *
 * @param directory its working directory
 * @param variables its environment, as it was started with
 */
public record HookProcess(Path directory, Map<String, String> variables) {
    private static final Path SELF = Path.of("/proc/self");
    private static final String COMMAND = "archive-get";

    /** What decides where a path leads, a network address, and a process's number. */
    private static final List<String> SURROUNDINGS = List.of("root", "ns/mnt", "ns/net", "ns/pid");

    /**
     * Empty if it is gone, the system does not show it, it is another process that has the number now, or the same paths
     * and addresses may lead it elsewhere than this process.
     */
    public static Optional<HookProcess> of(Ask ask) {
        Path process = process(ask);
        try {
            if (!isForFile(process, ask) || !isBesideThisOne(process)) {
                return Optional.empty();
            }
            return Optional.of(new HookProcess(Files.readSymbolicLink(process.resolve("cwd")), variables(process)));
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

    private static boolean isForFile(Path process, Ask ask) throws IOException {
        List<String> words = words(process.resolve("cmdline"));
        return words.contains(COMMAND) && words.contains(ask.file().toString());
    }

    private static boolean isBesideThisOne(Path process) throws IOException {
        for (String link : SURROUNDINGS) {
            if (!Files.readSymbolicLink(process.resolve(link)).equals(Files.readSymbolicLink(SELF.resolve(link)))) {
                return false;
            }
        }
        return true;
    }

    /** What the kernel parts by zeros. */
    private static List<String> words(Path file) throws IOException {
        return List.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0"));
    }

    private static Map<String, String> variables(Path process) throws IOException {
        Map<String, String> variables = new HashMap<>();
        for (String variable : words(process.resolve("environ"))) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }
}
