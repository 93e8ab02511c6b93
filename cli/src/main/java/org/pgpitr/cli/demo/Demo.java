package org.pgpitr.cli.demo;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/**
 * The main job in miniature, on servers of its own: archive, back up, lose a table, recover to just before, and prove
 * it. All of pgpitr's part is done by the launcher's commands, as anyone would run them.
 */
public final class Demo {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);
    private static final int ROWS_BEFORE = 100_000;

    private final Environment environment;
    private final DemoOptions options;
    private final Story story;

    public Demo(Environment environment, DemoOptions options) {
        this.environment = environment;
        this.options = options;
        this.story = new Story(environment.out());
    }

    /**
     * Tells and does it all. An interruption of the thread ends it early; what was made is deleted in any case, unless
     * it is to be kept.
     *
     * @throws PgpitrException if something fails, the proof included
     */
    public void run() throws IOException, SQLException, InterruptedException {
        Distribution distribution = Distribution.running()
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE, "the demo needs a distribution of pgpitr", "run it through the launcher"));
        DemoPlace place = new DemoPlace(options, environment, distribution);
        try {
            tell(place);
        } finally {
            if (options.afterwards() == DemoOptions.Afterwards.KEEP) {
                place.tellHowToLook(story);
            } else {
                place.cleanUp(story);
            }
        }
    }

    private void tell(DemoPlace place) throws SQLException, InterruptedException {
        story.begin("pgpitr demo: PostgreSQL " + place.binaries().version() + ", running as "
                + place.user().name());
        story.tell("repository " + place.repository());
        story.tell("everything else " + place.folder());
        PostgresInstance source = place.source();
        makeCluster(place, source);
        try (Ledger ledger = new Ledger(source.connect(), ROWS_BEFORE + 1).begin()) {
            takeBackup(place, ledger);
            Instant moment = loseTheTable(source, ledger);
            ledger.close();
            recover(place, moment);
            new Proof(story, ROWS_BEFORE).check(place.recovered(), moment, ledger.entries());
        }
        story.step(String.format(
                Locale.ROOT,
                "Every row committed before the moment is there, and none after. %.1f seconds in all.",
                story.seconds()));
    }

    private void makeCluster(DemoPlace place, PostgresInstance source) {
        story.step("A cluster is made, and archives each WAL segment through pgpitr");
        place.configure(story);
        source.initdb(InitdbOptions.standard());
        place.settings().forEach(source::set);
        place.variables().forEach(source::environment);
        source.start();
        story.quote("archive_mode = on");
        story.quote("archive_command = 'pgpitr archive-push \"%p\"'");
        place.pgpitr(story, "init");
        source.execute(
                "create table orders (id bigint primary key, placed timestamptz not null)",
                "create table log (id bigint primary key, written timestamptz not null)",
                "insert into orders select i, clock_timestamp() from generate_series(1, " + ROWS_BEFORE + ") i");
        story.tell("The table orders holds " + ROWS_BEFORE + " rows.");
    }

    private void takeBackup(DemoPlace place, Ledger ledger) throws InterruptedException {
        story.step("A backup is taken while an application commits rows");
        ledger.awaitMore(20);
        int before = ledger.entries().size();
        place.pgpitr(story, "backup");
        story.tell((ledger.entries().size() - before) + " transactions were committed meanwhile.");
    }

    private Instant loseTheTable(PostgresInstance source, Ledger ledger) throws InterruptedException {
        ledger.awaitMore(100);
        Instant moment = Instant.parse(source.query(
                "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
        ledger.awaitMore(10); // these are to be gone afterwards: they came after the moment
        source.execute("drop table orders");
        story.step("The disaster, just after " + MOMENT.format(moment));
        story.quote("postgres=# drop table orders;");
        ledger.awaitMore(20);
        story.tell("The application goes on, with the table log alone.");
        String segment = source.query("select pg_walfile_name(pg_switch_wal())");
        source.await(
                "the archive",
                () -> source.query("select coalesce(max(last_archived_wal) collate \"C\" >= '" + segment
                                + "', false) from pg_stat_archiver")
                        .equals("t"));
        return moment;
    }

    private void recover(DemoPlace place, Instant moment) {
        String target = MOMENT.format(moment);
        story.step("What can be recovered?");
        place.pgpitr(story, "list");
        place.pgpitr(story, "plan", "--target-time", target);

        story.step("Recovered to that moment, beside the cluster that goes on");
        PostgresInstance recovered = place.recovered();
        place.pgpitr(
                story,
                "restore",
                "--target-time",
                target,
                "--target-action",
                "promote",
                "--no-archive",
                "--quiet",
                "--into",
                recovered.dataDirectory().toString());

        story.step("The recovered server starts and fetches the archived WAL through pgpitr");
        place.variables().forEach(recovered::environment);
        recovered.start().awaitRecovered();
        story.tell("It is up, on a timeline of its own, and takes writes.");
    }
}
