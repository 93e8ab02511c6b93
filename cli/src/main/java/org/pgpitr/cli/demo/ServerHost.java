package org.pgpitr.cli.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where a server's programs run: this machine as the {@link ServerUser}, or, for tests, a container. */
public interface ServerHost {
    /**
     * Runs a program to its end.
     *
     * @param directory where it runs
     * @param environment all of its environment
     */
    Program run(List<String> command, Path directory, Map<String, String> environment);

    /**
     * What a program's environment begins with.
     *
     * @param home of the user it runs as
     */
    Map<String, String> environment(Path home);
}
