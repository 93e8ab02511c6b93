package org.pgpitr.service.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a configuration comes from.
 *
 * @param file as a flag names it; it must exist. If empty, {@code PGPITR_CONFIG} (which must exist too), else {@link
 *     #STANDARD_FILE}, if it exists
 * @param variables the environment
 * @param flags what flags set
 * @param repository the name or the URL of the one repository to use; if empty, all that are configured
 * @param standardFile where the file is looked for when nobody names it
 */
public record ConfigurationSources(
        Optional<Path> file,
        Map<String, String> variables,
        List<Entry> flags,
        Optional<String> repository,
        Path standardFile) {
    /** Where the file is looked for when nobody names it. */
    public static final Path STANDARD_FILE = Path.of("/etc/pgpitr/pgpitr.toml");
}
