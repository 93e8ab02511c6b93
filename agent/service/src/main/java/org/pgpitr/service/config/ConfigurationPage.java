package org.pgpitr.service.config;

/** {@code docs/configuration.md}, made from the keys. */
public final class ConfigurationPage {
    private static final String HEAD = """
            # Configuration

            <!-- Made from the code (ConfigKeys); a test fails when it is stale, and says how to make it anew. -->

            One TOML file: `--config FILE`, else `PGPITR_CONFIG`, else `/etc/pgpitr/pgpitr.toml`. Environment variables go over
            the file, options of the command line over both. `pgpitr config sample` prints a file to begin with, `pgpitr config
            check` tells everything that is wrong with yours, and `pgpitr config show` what holds and where it was set.

            ```toml
            [cluster]
            name = "main"
            data_directory = "/var/lib/postgresql/17/main"
            host = "/var/run/postgresql"

            [[repository]]
            url = "file:///srv/pgpitr"
            ```

            - Sizes and times have PostgreSQL's units: `64MB`, `5min`. A unit is needed.
            - The variable of a key is `PGPITR_`, the section, `_`, the key: `PGPITR_CLUSTER_PORT`. Those of `[[repository]]`
              are the first repository's; `PGPITR_REPOSITORY_2_URL` is the second's, of three at most. A list is parted by commas.
            - `list`, `plan`, `restore` and `archive-get` need the repository and the cluster's name only, so
              `--repository URL --cluster NAME` do without any file.
            - Secrets come from files, variables or the cloud's own chain, never from the command line, and are shown nowhere.
            - Paths are absolute.
            """;

    private ConfigurationPage() {}

    /** The page's text. */
    public static String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (Section section : Section.values()) {
            text.append("\n## `").append(section.header()).append("`\n\n").append(section.doc());
            for (ConfigKey<?> key : ConfigKeys.of(section)) {
                text.append("\n\n### `").append(key.name()).append("`\n\n").append(key.doc());
                text.append("\n\n").append(facts(key));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String facts(ConfigKey<?> key) {
        String standard = key.standard().map(text -> "`" + text + "`").orElse("none");
        String example = key.example()
                .filter(text -> !key.isSecret() && !text.contains("..."))
                .map(text -> " Example: `" + text + "`.")
                .orElse("");
        return "Default: " + standard + ". Takes " + key.type().description() + "." + example + " Variable: `"
                + key.variable() + "`.";
    }
}
