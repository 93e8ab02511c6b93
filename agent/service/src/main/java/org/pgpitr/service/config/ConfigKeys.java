package org.pgpitr.service.config;

import static org.pgpitr.service.config.Section.AGENT;
import static org.pgpitr.service.config.Section.BACKUP;
import static org.pgpitr.service.config.Section.CLUSTER;
import static org.pgpitr.service.config.Section.ENCRYPTION;
import static org.pgpitr.service.config.Section.REPOSITORY;
import static org.pgpitr.service.config.Section.RESTORE;
import static org.pgpitr.service.config.Section.STREAM;
import static org.pgpitr.service.config.Section.VERIFY;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cluster.CheckpointMode;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.backup.OnDamage;

/** Every key there is, each once. */
public final class ConfigKeys {
    private static final ByteSize MOST_RATE = new ByteSize(1L << 40);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    public static final ConfigKey<ClusterName> NAME = ConfigKey.of(
                    CLUSTER,
                    "name",
                    ValueType.clusterName(),
                    "The name under which the cluster stands in its repositories. It stays the same over major upgrades;"
                            + " a primary and its standbys share it.")
            .example("main");
    static final ConfigKey<Path> DATA_DIRECTORY = ConfigKey.of(
                    CLUSTER,
                    "data_directory",
                    ValueType.file(),
                    "Where this host sees the server's data directory. Without it, where the server says that it is. A host"
                            + " that only restores has none.")
            .example("/var/lib/postgresql/17/main");
    static final ConfigKey<String> HOST = ConfigKey.of(
                    CLUSTER,
                    "host",
                    ValueType.text("a host name, an address, or the directory of a Unix-domain socket"),
                    "Where the server listens. A directory is that of a Unix-domain socket, as in libpq; peer"
                            + " authentication works.")
            .standard("/var/run/postgresql");
    static final ConfigKey<Integer> PORT = ConfigKey.of(
                    CLUSTER,
                    "port",
                    ValueType.integer(1, 65535),
                    "The server's port, also part of the name of its Unix-domain socket.")
            .standard("5432");
    static final ConfigKey<String> USER = ConfigKey.of(
                    CLUSTER,
                    "user",
                    ValueType.text("a role's name"),
                    "The role to connect as: a superuser, or one with the rights that `docs/server-role.md` lists.")
            .standard("postgres");
    static final ConfigKey<String> DATABASE = ConfigKey.of(
                    CLUSTER,
                    "database",
                    ValueType.text("a database's name"),
                    "Any database that the role may connect to.")
            .standard("postgres");
    static final ConfigKey<Path> PASSFILE = ConfigKey.of(
                    CLUSTER,
                    "passfile",
                    ValueType.file(),
                    "A password file in the form of libpq's `.pgpass`. Without it `PGPASSFILE` and then `~/.pgpass`"
                            + " are asked.")
            .example("/etc/pgpitr/pgpass");
    static final ConfigKey<Secret> PASSWORD = ConfigKey.of(
                    CLUSTER,
                    "password",
                    ValueType.secret("a password"),
                    "The role's password. Better in `passfile`, or not needed at all over the Unix-domain socket.")
            .example("...");
    static final ConfigKey<String> SSLMODE = ConfigKey.of(
                    CLUSTER,
                    "sslmode",
                    ValueType.oneOf(List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full")),
                    "Whether to connect with TLS, as in libpq.")
            .standard("prefer");
    static final ConfigKey<Path> SSLROOTCERT = ConfigKey.of(
                    CLUSTER,
                    "sslrootcert",
                    ValueType.file(),
                    "A PEM file of the certificates to trust, for `verify-ca` and `verify-full`.")
            .example("/etc/pgpitr/postgresql-ca.pem");

    public static final ConfigKey<String> REPOSITORY_NAME = ConfigKey.of(
                    REPOSITORY,
                    "name",
                    ValueType.text("a name"),
                    "How `--repository` names it. Without one it is called by its place in the file: `1`, `2`, ...")
            .example("near");
    public static final ConfigKey<RepositoryUrl> URL = ConfigKey.of(
                    REPOSITORY,
                    "url",
                    ValueType.url(),
                    "Where it stands: `file:///folder`, or `s3://bucket/prefix`. Every character stands for itself."
                            + " Several clusters may share a repository under different names.")
            .example("file:///srv/pgpitr");
    static final ConfigKey<URI> ENDPOINT = ConfigKey.of(
                    REPOSITORY,
                    "endpoint",
                    ValueType.endpoint(),
                    "S3: the address of a look-alike (MinIO, Ceph, R2, ...). Without it, Amazon's for the region.")
            .example("https://minio.example.com:9000");
    static final ConfigKey<String> REGION = ConfigKey.of(
                    REPOSITORY,
                    "region",
                    ValueType.text("a region's name"),
                    "S3: the region. Without it, `us-east-1` where there is an `endpoint`, else what the AWS SDK finds"
                            + " (`AWS_REGION`, `~/.aws/config`, the instance).")
            .example("eu-central-1");
    static final ConfigKey<Boolean> PATH_STYLE = ConfigKey.of(
                    REPOSITORY,
                    "path_style",
                    ValueType.flag(),
                    "S3: whether the bucket stands in the path (`https://endpoint/bucket/key`) and not in the host's"
                            + " name. Without it: true where there is an `endpoint`.")
            .example("true");
    static final ConfigKey<String> STORAGE_CLASS = ConfigKey.of(
                    REPOSITORY,
                    "storage_class",
                    ValueType.text("a storage class"),
                    "S3: the storage class of new objects, such as `STANDARD_IA`. Not one that has to be thawed before"
                            + " it can be read.")
            .example("STANDARD_IA");
    static final ConfigKey<String> SSE = ConfigKey.of(
                    REPOSITORY,
                    "sse",
                    ValueType.oneOf(List.of("AES256", "aws:kms")),
                    "S3: what the store is asked to encrypt new objects with at rest. Without it, the bucket's default.")
            .example("aws:kms");
    static final ConfigKey<String> SSE_KMS_KEY = ConfigKey.of(
                    REPOSITORY,
                    "sse_kms_key",
                    ValueType.text("a key's identifier or ARN"),
                    "S3: the key of the key management service, for `sse = \"aws:kms\"`.")
            .example("arn:aws:kms:eu-central-1:111122223333:key/1234");
    static final ConfigKey<String> ACCESS_KEY_ID = ConfigKey.of(
                    REPOSITORY,
                    "access_key_id",
                    ValueType.text("an access key's identifier"),
                    "S3: the access key. Without it, the AWS SDK's own chain: environment, web identity, `~/.aws`,"
                            + " container, instance role.")
            .example("AKIAIOSFODNN7EXAMPLE");
    static final ConfigKey<Path> SECRET_ACCESS_KEY_FILE = ConfigKey.of(
                    REPOSITORY,
                    "secret_access_key_file",
                    ValueType.file(),
                    "S3: a file that holds the secret of `access_key_id`, and nothing else.")
            .example("/etc/pgpitr/s3.secret");
    static final ConfigKey<Secret> SECRET_ACCESS_KEY = ConfigKey.of(
                    REPOSITORY,
                    "secret_access_key",
                    ValueType.secret("a secret"),
                    "S3: the secret of `access_key_id` itself. Better in a file of its own or in the variable.")
            .example("...");
    static final ConfigKey<Path> SESSION_TOKEN_FILE = ConfigKey.of(
                    REPOSITORY,
                    "session_token_file",
                    ValueType.file(),
                    "S3: a file that holds the session token of temporary keys, and nothing else.")
            .example("/run/pgpitr/s3.token");
    static final ConfigKey<Secret> SESSION_TOKEN = ConfigKey.of(
                    REPOSITORY,
                    "session_token",
                    ValueType.secret("a token"),
                    "S3: the session token of temporary keys.")
            .example("...");
    static final ConfigKey<String> PROFILE = ConfigKey.of(
                    REPOSITORY,
                    "profile",
                    ValueType.text("a profile's name"),
                    "S3: a profile of the files in `~/.aws`, instead of keys.")
            .example("backup");
    static final ConfigKey<Path> CA_FILE = ConfigKey.of(
                    REPOSITORY,
                    "ca_file",
                    ValueType.file(),
                    "S3: a PEM file of the certificates to trust instead of Java's own.")
            .example("/etc/pgpitr/s3-ca.pem");
    static final ConfigKey<Boolean> CONDITIONAL_WRITES = ConfigKey.of(
                    REPOSITORY,
                    "conditional_writes",
                    ValueType.flag(),
                    "S3: whether to rely on the store's conditional writes, which decide between two hosts that store"
                            + " the same name. `false` is for a store that ignores them, at your own risk: pgpitr then"
                            + " looks before it writes, which two hosts can do at the same instant.")
            .standard("true");
    static final ConfigKey<Duration> CONNECT_TIMEOUT = ConfigKey.of(
                    REPOSITORY,
                    "connect_timeout",
                    ValueType.time(Duration.ofMillis(100), Duration.ofMinutes(10)),
                    "S3: how long opening a connection may take.")
            .standard("5s");
    static final ConfigKey<Duration> READ_TIMEOUT = ConfigKey.of(
                    REPOSITORY,
                    "read_timeout",
                    ValueType.time(Duration.ofMillis(100), Duration.ofHours(1)),
                    "S3: how long the store may send nothing.")
            .standard("30s");
    static final ConfigKey<Duration> CALL_TIMEOUT = ConfigKey.of(
                    REPOSITORY,
                    "call_timeout",
                    ValueType.time(Duration.ofMillis(100), DAY),
                    "S3: how long a whole call may take, for each 16 MB that it stores or reads; not shorter than"
                            + " `read_timeout`.")
            .standard("2min");
    static final ConfigKey<Integer> RETRY_ATTEMPTS = ConfigKey.of(
                    REPOSITORY,
                    "retry_attempts",
                    ValueType.integer(1, 1000),
                    "How often a call that may succeed later is made at most, the first time included. The waits"
                            + " between grow from a quarter of a second to 15 seconds.")
            .standard("6");
    static final ConfigKey<Duration> RETRY_TIME = ConfigKey.of(
                    REPOSITORY,
                    "retry_time",
                    ValueType.time(SECOND, DAY),
                    "For how long a call is made again at most. PostgreSQL itself asks again after a failed"
                            + " `archive-push`; a failed `archive-get` stops the recovery.")
            .standard("90s");
    static final ConfigKey<ByteSize> UPLOAD_RATE = ConfigKey.of(
                    REPOSITORY,
                    "upload_rate",
                    ValueType.size(new ByteSize(64 * 1024), MOST_RATE),
                    "At most so much a second to the repository, a process. Without it, no limit.")
            .example("100MB");
    static final ConfigKey<ByteSize> DOWNLOAD_RATE = ConfigKey.of(
                    REPOSITORY,
                    "download_rate",
                    ValueType.size(new ByteSize(64 * 1024), MOST_RATE),
                    "At most so much a second from the repository, a process. Without it, no limit.")
            .example("100MB");

    static final ConfigKey<List<String>> RECIPIENTS = ConfigKey.of(
                    ENCRYPTION,
                    "recipients",
                    ValueType.list("a list of age recipients (age1...)", ConfigKeys::recipient),
                    "The age recipients that everything is encrypted to; any one of their identities can read it. Set"
                            + " them before `init`: whether a cluster is encrypted is decided there. In the variable,"
                            + " parted by commas.")
            .example("age1...");
    static final ConfigKey<Path> IDENTITY_FILE = ConfigKey.of(
                    ENCRYPTION,
                    "identity_file",
                    ValueType.file(),
                    "A file with age identities, as `pgpitr keygen` or `age-keygen` makes it; it may itself be protected"
                            + " by a passphrase, as `age -p` does it, which takes 256 MB of memory to open. Needed where backups are read: `list`, `plan`,"
                            + " `restore` and `archive-get`; and by the server's user where a recovered server calls"
                            + " `archive-get`.")
            .example("/etc/pgpitr/identity.txt");
    static final ConfigKey<Path> IDENTITY_PASSPHRASE_FILE = ConfigKey.of(
                    ENCRYPTION,
                    "identity_passphrase_file",
                    ValueType.file(),
                    "A file that holds the passphrase of `identity_file`, and nothing else. Without it and without"
                            + " `identity_passphrase` the terminal is asked, if there is one.")
            .example("/run/pgpitr/passphrase");
    static final ConfigKey<Secret> IDENTITY_PASSPHRASE = ConfigKey.of(
                    ENCRYPTION,
                    "identity_passphrase",
                    ValueType.secret("a passphrase"),
                    "The passphrase of `identity_file` itself. Meant for the variable.")
            .variable("PGPITR_IDENTITY_PASSPHRASE")
            .example("...");

    public static final ConfigKey<Integer> BACKUP_WORKERS = ConfigKey.of(
                    BACKUP,
                    "workers",
                    ValueType.integer(1, 64),
                    "How many files are read, compressed and sent at the same time. Each worker takes about a CPU and"
                            + " about 60 MB of memory, 90 MB where the backup is encrypted.")
            .standard("2");
    public static final ConfigKey<Integer> COMPRESSION_LEVEL = ConfigKey.of(
                    BACKUP,
                    "compression_level",
                    ValueType.integer(1, 19),
                    "zstd's level, for backups and WAL: higher is smaller and slower.")
            .standard("3");
    public static final ConfigKey<CheckpointMode> CHECKPOINT = ConfigKey.of(
                    BACKUP,
                    "checkpoint",
                    ValueType.choice(CheckpointMode.class),
                    "How the server makes the checkpoint that a backup begins with: `fast`, at once, or `spread` over"
                            + " `checkpoint_completion_target` of `checkpoint_timeout`, which is gentler and takes minutes.")
            .standard("fast");
    public static final ConfigKey<OnDamage> ON_DAMAGE = ConfigKey.of(
                    BACKUP,
                    "on_damage",
                    ValueType.choice(OnDamage.class),
                    "What a page with a wrong checksum does: `fail` the backup, or `warn`, and record it in the backup.")
            .standard("fail");
    public static final ConfigKey<Duration> ARCHIVE_TIMEOUT = ConfigKey.of(
                    BACKUP,
                    "archive_timeout",
                    ValueType.time(SECOND, DAY),
                    "How long `backup` and `check` wait for the server to archive a segment.")
            .standard("5min");

    static final ConfigKey<Boolean> STREAM_ENABLED = ConfigKey.of(
                    STREAM,
                    "enabled",
                    ValueType.flag(),
                    "Whether WAL is received: by the agent that runs here, or else by `pgpitr stream`. `backup` and `check`"
                            + " count on it then.")
            .standard("false");
    public static final ConfigKey<String> STREAM_SLOT = ConfigKey.of(
                    STREAM,
                    "slot",
                    ValueType.slot(),
                    "The physical replication slot, of the receiver's own. It is made by `--create-slot` of"
                            + " `pgpitr init`, `stream` and `agent`, and dropped by `--drop-slot` of the first two; never"
                            + " by itself.")
            .standard("pgpitr");
    static final ConfigKey<String> STREAM_APPLICATION_NAME = ConfigKey.of(
                    STREAM,
                    "application_name",
                    ValueType.text("a name"),
                    "How the server calls the receiver: in `pg_stat_replication`, and in `synchronous_standby_names`.")
            .standard("pgpitr");
    static final ConfigKey<Duration> STREAM_INTERVAL = ConfigKey.of(
                    STREAM,
                    "interval",
                    ValueType.time(Duration.ofMillis(10), Duration.ofMinutes(10)),
                    "How often WAL of the segment that is still being written is stored, when there is new WAL. What a"
                            + " lost server costs is about this.")
            .standard("1s");
    static final ConfigKey<ByteSize> STREAM_SIZE = ConfigKey.of(
                    STREAM,
                    "size",
                    ValueType.size(new ByteSize(64 << 10), new ByteSize(64 << 20)),
                    "So much new WAL is stored before the interval has passed. No piece is bigger.")
            .standard("16MB");
    public static final ConfigKey<Boolean> STREAM_SYNCHRONOUS = ConfigKey.of(
                    STREAM,
                    "synchronous",
                    ValueType.flag(),
                    "Whether new WAL is stored at once, for a server that waits for it: `application_name` stands in its"
                            + " `synchronous_standby_names`. Costs many more requests.")
            .standard("false");

    public static final ConfigKey<Integer> RESTORE_WORKERS = ConfigKey.of(
                    RESTORE,
                    "workers",
                    ValueType.integer(1, 64),
                    "How many lanes of a backup are fetched, decompressed and written at the same time.")
            .standard("2");

    public static final ConfigKey<Integer> VERIFY_WORKERS = ConfigKey.of(
                    VERIFY,
                    "workers",
                    ValueType.integer(1, 64),
                    "How many lanes of backups and stretches of WAL are fetched and verified at the same time. Each takes"
                            + " about 60 MB of memory, or a WAL segment and a little more if that is more.")
            .standard("2");
    public static final ConfigKey<ByteSize> VERIFY_MAX_RATE = ConfigKey.of(
                    VERIFY,
                    "max_rate",
                    ValueType.rate(new ByteSize(64 * 1024), MOST_RATE),
                    "At most so much a second from the repository while it is verified. Without it, `download_rate`.")
            .example("50MB");
    public static final ConfigKey<Path> VERIFY_STATE_FOLDER = ConfigKey.of(
                    VERIFY,
                    "state_folder",
                    ValueType.file(),
                    "Where it is noted what is verified already, so that an interrupted run can be continued. Losing it"
                            + " costs time only. Without it `$XDG_STATE_HOME/pgpitr`, else `~/.local/state/pgpitr`.")
            .example("/var/lib/pgpitr");
    static final ConfigKey<Integer> AGENT_WORKERS = ConfigKey.of(
                    AGENT,
                    "workers",
                    ValueType.integer(1, 16),
                    "How many WAL files are compressed at the same time. Each takes about a CPU and 40 MB of memory with"
                            + " segments of 16 MB. Up to eight more wait for a repository that is far away to take them;"
                            + " where segments are larger, only one file is taken at a time.")
            .standard("2");
    static final ConfigKey<Optional<ListenAddress>> AGENT_METRICS = ConfigKey.of(
                    AGENT,
                    "metrics",
                    ValueType.listen(),
                    "Where `GET /metrics` answers in Prometheus' text format (`docs/monitoring.md`). Whoever can reach it"
                            + " can read it.")
            .standard("127.0.0.1:9837");
    static final ConfigKey<AgentLog.Format> AGENT_LOG_FORMAT = ConfigKey.of(
                    AGENT,
                    "log_format",
                    ValueType.choice(AgentLog.Format.class),
                    "How the agent's log lines are written to the standard error output: `text`, or `json`, an object a"
                            + " line.")
            .standard("text");
    static final ConfigKey<ByteSize> AGENT_PREFETCH = ConfigKey.of(
                    AGENT,
                    "prefetch",
                    ValueType.size(new ByteSize(0), new ByteSize(1L << 40)),
                    "How much WAL is fetched ahead of a recovery and waits in `pg_wal` to be replayed, at most; never more"
                            + " than half of what its disk has free. A single segment is fetched ahead also where it is larger; `0B` turns"
                            + " prefetching off. See"
                            + " `docs/archiving.md`.")
            .standard("256MB");
    static final ConfigKey<OnDemand> AGENT_ON_DEMAND = ConfigKey.of(
                    AGENT,
                    "on_demand",
                    ValueType.choice(OnDemand.class),
                    "Which of PostgreSQL's hooks start an agent where none runs: `recovery` for `archive-get` during a"
                            + " recovery, which then prefetches; `always` for `archive-push` too; `never` for neither.")
            .standard("recovery");
    static final ConfigKey<Duration> AGENT_IDLE_TIMEOUT = ConfigKey.of(
                    AGENT,
                    "idle_timeout",
                    ValueType.time(SECOND, DAY),
                    "When an agent that a hook started ends, if no hook needs it; and when WAL that was prefetched is given"
                            + " up, if the recovery does not ask for it.")
            .standard("5min");

    static final ConfigKey<Duration> AGENT_CATALOG_INTERVAL = ConfigKey.of(
                    AGENT,
                    "catalog_interval",
                    ValueType.time(SECOND, Duration.ofDays(30)),
                    "At most so often the names of relations are read from the server and stored, which `pgpitr find` shows:"
                            + " when the agent starts, and when archived WAL shows that relations or databases came. Takes"
                            + " a connection to each database.")
            .standard("5min");

    private static final List<ConfigKey<?>> ALL = List.of(
            NAME,
            DATA_DIRECTORY,
            HOST,
            PORT,
            USER,
            DATABASE,
            PASSFILE,
            PASSWORD,
            SSLMODE,
            SSLROOTCERT,
            REPOSITORY_NAME,
            URL,
            ENDPOINT,
            REGION,
            PATH_STYLE,
            STORAGE_CLASS,
            SSE,
            SSE_KMS_KEY,
            ACCESS_KEY_ID,
            SECRET_ACCESS_KEY_FILE,
            SECRET_ACCESS_KEY,
            SESSION_TOKEN_FILE,
            SESSION_TOKEN,
            PROFILE,
            CA_FILE,
            CONDITIONAL_WRITES,
            CONNECT_TIMEOUT,
            READ_TIMEOUT,
            CALL_TIMEOUT,
            RETRY_ATTEMPTS,
            RETRY_TIME,
            UPLOAD_RATE,
            DOWNLOAD_RATE,
            RECIPIENTS,
            IDENTITY_FILE,
            IDENTITY_PASSPHRASE_FILE,
            IDENTITY_PASSPHRASE,
            BACKUP_WORKERS,
            COMPRESSION_LEVEL,
            CHECKPOINT,
            ON_DAMAGE,
            ARCHIVE_TIMEOUT,
            STREAM_ENABLED,
            STREAM_SLOT,
            STREAM_APPLICATION_NAME,
            STREAM_INTERVAL,
            STREAM_SIZE,
            STREAM_SYNCHRONOUS,
            RESTORE_WORKERS,
            VERIFY_WORKERS,
            VERIFY_MAX_RATE,
            VERIFY_STATE_FOLDER,
            AGENT_WORKERS,
            AGENT_METRICS,
            AGENT_LOG_FORMAT,
            AGENT_CATALOG_INTERVAL,
            AGENT_PREFETCH,
            AGENT_ON_DEMAND,
            AGENT_IDLE_TIMEOUT,
            RetentionKeys.COUNT,
            RetentionKeys.AGE,
            RetentionKeys.WINDOW,
            RetentionKeys.DAILY,
            RetentionKeys.WEEKLY,
            RetentionKeys.MONTHLY,
            RetentionKeys.YEARLY,
            RetentionKeys.TIME_ZONE,
            RetentionKeys.WAL);

    private ConfigKeys() {}

    private static String recipient(String text) {
        if (!text.matches("age1[02-9ac-hj-np-z]{58}")) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    /** All of them, in the order of the sample file and the documentation. */
    public static List<ConfigKey<?>> all() {
        return ALL;
    }

    /** Those of a section. */
    public static List<ConfigKey<?>> of(Section section) {
        return ALL.stream().filter(key -> key.section() == section).toList();
    }

    static Optional<ConfigKey<?>> find(Section section, String name) {
        return ALL.stream()
                .filter(key -> key.section() == section && key.name().equals(name))
                .findFirst();
    }
}
