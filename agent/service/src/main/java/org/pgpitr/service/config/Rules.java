package org.pgpitr.service.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What has to hold between keys. */
final class Rules {
    private static final List<ConfigKey<?>> S3_ONLY = List.of(
            ConfigKeys.ENDPOINT,
            ConfigKeys.REGION,
            ConfigKeys.PATH_STYLE,
            ConfigKeys.STORAGE_CLASS,
            ConfigKeys.SSE,
            ConfigKeys.SSE_KMS_KEY,
            ConfigKeys.ACCESS_KEY_ID,
            ConfigKeys.SECRET_ACCESS_KEY_FILE,
            ConfigKeys.SECRET_ACCESS_KEY,
            ConfigKeys.SESSION_TOKEN_FILE,
            ConfigKeys.SESSION_TOKEN,
            ConfigKeys.PROFILE,
            ConfigKeys.CA_FILE,
            ConfigKeys.CONDITIONAL_WRITES,
            ConfigKeys.CONNECT_TIMEOUT,
            ConfigKeys.READ_TIMEOUT,
            ConfigKeys.CALL_TIMEOUT);

    private final List<Problem> problems;

    Rules(List<Problem> problems) {
        this.problems = problems;
    }

    void encryption(SectionValues values) {
        notBoth(values, ConfigKeys.IDENTITY_PASSPHRASE, ConfigKeys.IDENTITY_PASSPHRASE_FILE);
    }

    void repository(SectionValues values) {
        if (values.find(ConfigKeys.URL).isEmpty()) {
            return;
        }
        if (values.get(ConfigKeys.URL) instanceof RepositoryUrl.Folder) {
            S3_ONLY.forEach(key -> values.entry(key)
                    .filter(entry -> entry.origin() instanceof Origin.File)
                    .ifPresent(entry -> problem(entry, "is for s3:// only")));
            return;
        }
        notBoth(values, ConfigKeys.SECRET_ACCESS_KEY, ConfigKeys.SECRET_ACCESS_KEY_FILE);
        notBoth(values, ConfigKeys.SESSION_TOKEN, ConfigKeys.SESSION_TOKEN_FILE);
        notBoth(values, ConfigKeys.PROFILE, ConfigKeys.ACCESS_KEY_ID);
        needs(values, ConfigKeys.ACCESS_KEY_ID, ConfigKeys.SECRET_ACCESS_KEY, ConfigKeys.SECRET_ACCESS_KEY_FILE);
        needs(values, ConfigKeys.SECRET_ACCESS_KEY, ConfigKeys.ACCESS_KEY_ID);
        needs(values, ConfigKeys.SECRET_ACCESS_KEY_FILE, ConfigKeys.ACCESS_KEY_ID);
        needs(values, ConfigKeys.SESSION_TOKEN, ConfigKeys.ACCESS_KEY_ID);
        needs(values, ConfigKeys.SESSION_TOKEN_FILE, ConfigKeys.ACCESS_KEY_ID);
        needs(values, ConfigKeys.SSE_KMS_KEY, ConfigKeys.SSE);
        if (values.find(ConfigKeys.SSE).filter("AES256"::equals).isPresent()) {
            values.entry(ConfigKeys.SSE_KMS_KEY).ifPresent(entry -> problem(entry, "is for sse = \"aws:kms\" only"));
        }
        if (values.get(ConfigKeys.CALL_TIMEOUT).compareTo(values.get(ConfigKeys.READ_TIMEOUT)) < 0) {
            values.entry(ConfigKeys.CALL_TIMEOUT)
                    .or(() -> values.entry(ConfigKeys.READ_TIMEOUT))
                    .ifPresent(entry -> problem(entry, "makes call_timeout shorter than read_timeout"));
        }
    }

    /** Names and places are told apart. */
    void repositories(List<SectionValues> tables) {
        Map<String, Table> names = new HashMap<>();
        Map<RepositoryUrl, Table> urls = new HashMap<>();
        for (SectionValues values : tables) {
            String name = values.find(ConfigKeys.REPOSITORY_NAME)
                    .orElse(Integer.toString(values.table().number()));
            Table other = names.putIfAbsent(name, values.table());
            if (other != null) {
                values.entry(ConfigKeys.REPOSITORY_NAME)
                        .ifPresent(entry -> problem(entry, "is \"" + name + "\", as that of " + other));
            }
            values.find(ConfigKeys.URL).ifPresent(url -> {
                Table same = urls.putIfAbsent(url, values.table());
                if (same != null) {
                    values.entry(ConfigKeys.URL).ifPresent(entry -> problem(entry, "is that of " + same));
                }
            });
        }
    }

    private void notBoth(SectionValues values, ConfigKey<?> one, ConfigKey<?> other) {
        if (values.entry(other).isPresent()) {
            values.entry(one).ifPresent(entry -> problem(entry, "and " + other.name() + " can't both be set"));
        }
    }

    private void needs(SectionValues values, ConfigKey<?> key, ConfigKey<?>... oneOf) {
        for (ConfigKey<?> needed : oneOf) {
            if (values.entry(needed).isPresent()) {
                return;
            }
        }
        values.entry(key).ifPresent(entry -> problem(entry, "needs " + oneOf[oneOf.length - 1].name()));
    }

    private void problem(Entry entry, String what) {
        problems.add(new Problem(entry.origin(), entry.path() + " " + what));
    }
}
