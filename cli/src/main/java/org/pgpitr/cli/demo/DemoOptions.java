package org.pgpitr.cli.demo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a demo is run.
 *
 * @param repository a URL, or the name of a configured repository; empty for a folder of the demo's own
 * @param configuration where the repository's settings are; empty for the usual place
 * @param protection whether the repository is encrypted
 * @param postgres the folder of the server's programs; empty for the embedded one
 */
public record DemoOptions(
        Optional<String> repository,
        Optional<Path> configuration,
        Protection protection,
        Optional<Path> postgres,
        Afterwards afterwards) {
    /** Whether the repository is encrypted. */
    public enum Protection {
        PLAIN,
        ENCRYPTED
    }

    /** What becomes of it all. */
    public enum Afterwards {
        KEEP,
        DELETE
    }
}
