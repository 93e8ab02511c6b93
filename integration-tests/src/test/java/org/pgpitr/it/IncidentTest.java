package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.Lsn;

/**
 * Accidents among thousands of innocent commits, before and behind them and while their transactions are open: each is
 * found first, and what is suggested recovers to just before it.
 */
@Tag("scenario")
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("org.pgpitr.it.kit.Majors#all")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IncidentTest {
    /** In one transaction each. */
    private static final List<String> MIXED = List.of(
            "truncate kept_#; drop table gone_#;",
            "drop table gone_#; truncate kept_#;",
            "drop view seen_#; drop table gone_#; truncate kept_#; truncate kept_#;",
            "begin truncate kept_#; exception when others then null; end; drop table gone_#; create table new_# ();",
            "truncate loose_#; create table new_# ();",
            "create unlogged table new_# (id int primary key, note text); truncate loose_#;",
            "truncate loose_#; drop table gone_#; truncate kept_#;",
            "truncate kept_#, loose_#; create table new_# (id int primary key);",
            "truncate loose_#;");

    private static final DateTimeFormatter AROUND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSx", Locale.ROOT);

    @Parameter
    int major;

    private Workspace work;
    private Cluster source;
    private PostgresInstance server;

    /** What was there when it happened. */
    private record Incident(String from, String to, String fromTime, String toTime, long ledger) {}

    private Incident delete;
    private Incident update;
    private Incident truncate;
    private Incident drop;
    private Incident dropDatabase;
    private String mixed;

    @BeforeParameterizedClassInvocation
    void accidents_happen() {
        work = new Workspace();
        source = Cluster.create(work, Programs.of(work, major), Variant.onDisk(major, 1), InitdbOptions.standard());
        server = source.server();
        server.execute(
                "create database shop",
                "create table ledger (id bigserial primary key, what text, changed int default 0)",
                "create table till (id bigserial primary key, what text, changed int default 0)",
                "create table orders (id int primary key, lines text)",
                "create table customers (id int primary key, points int)",
                "create table payments (id int primary key, note text)");
        server.executeIn(
                "shop", "create table goods (id int primary key)", "insert into goods select generate_series(1, 500)");
        server.execute(
                "insert into ledger (what) select 'first' from generate_series(1, 100)",
                "insert into till (what) select 'first' from generate_series(1, 100)");
        for (int i = 1; i <= MIXED.size(); i++) {
            server.execute(
                    "create table kept_" + i + " (id int primary key, note text)",
                    "create unlogged table loose_" + i + " (id int primary key, note text)",
                    "create table gone_" + i + " (id int primary key, note text)",
                    "create view seen_" + i + " as select 1");
        }
        source.backup();
        compressImages();
        server.execute(
                "checkpoint",
                "insert into orders select g, repeat('x', 50) from generate_series(1, 5000) g",
                "insert into orders values (5001, (select string_agg(md5(g::text), '') from generate_series(1, 1000) g))",
                "insert into customers select g, 0 from generate_series(1, 4000) g",
                "insert into payments select g, 'paid' from generate_series(1, 3000) g",
                "create schema later",
                "create table later.invoices (id int primary key, note text)",
                "insert into later.invoices select g, 'due' from generate_series(1, 200) g");
        mixed = server.query("select pg_current_wal_insert_lsn()");
        for (int i = 0; i < MIXED.size(); i++) {
            server.execute("do $$ begin " + MIXED.get(i).replace("#", Integer.toString(i + 1)) + " end $$");
        }
        delete = incident("delete from orders");
        update = incident("update customers set points = points + 1");
        truncate = incident("truncate payments");
        drop = incident("drop table later.invoices");
        server.execute("vacuum full customers", "reindex table orders");
        server.execute("alter table customers rename to clients", "delete from clients where id <= 30");
        dropDatabase = incident("drop database shop", this::alone);
        source.restorePoint("all is lost");
        source.archive();
        source.backup();
    }

    /** What is learned of new relations stands in page images then: plain, pglz or lz4 by turns. */
    private void compressImages() {
        String kinds =
                server.query("select coalesce(enumvals::text, '') from pg_settings where name = 'wal_compression'");
        if (major % 3 != 0) {
            String kind = major % 3 == 1 && kinds.contains("lz4") ? "lz4" : "on";
            server.execute("alter system set wal_compression = " + kind, "select pg_reload_conf()");
            server.await(
                    "compression", () -> !server.query("show wal_compression").equals("off"));
        }
    }

    @AfterParameterizedClassInvocation
    void close() {
        work.close();
    }

    private Incident incident(String sql) {
        return incident(sql, this::amongOthers);
    }

    /** @param how runs it; when that returns, all that is committed is committed before or by it */
    private Incident incident(String sql, ToLongFunction<String> how) {
        String from = server.query("select pg_current_wal_insert_lsn()");
        String fromTime = now();
        innocents("ledger", 550);
        long ledger = how.applyAsLong(sql);
        innocents("ledger", 550);
        return new Incident(from, server.query("select pg_current_wal_insert_lsn()"), fromTime, now(), ledger);
    }

    /** Others commit while it is at work, and when it is done but not committed. @return what was there just before */
    private long amongOthers(String sql) {
        try (Connection accident = server.connect()) {
            accident.setAutoCommit(false);
            String xid = Sql.rows(accident, "select txid_current()").get(0);
            CompletableFuture<Void> beside = CompletableFuture.runAsync(() -> innocents("till", 150));
            Sql.execute(accident, sql);
            beside.join();
            innocents("till", 150);
            String between = server.query("select count(*) from till where xmin::text::bigint > " + xid);
            assertThat(Integer.parseInt(between)).isGreaterThan(250);
            long ledger = ledger(server);
            accident.commit();
            return ledger;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What can't stand in a transaction with anything else. */
    private long alone(String sql) {
        innocents("till", 300);
        long ledger = ledger(server);
        server.execute(sql);
        return ledger;
    }

    private String now() {
        return server.query("select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || 'Z'");
    }

    private static long ledger(PostgresInstance server) {
        return Long.parseLong(server.query(
                "select sum(id) + sum(changed) from (select * from ledger union all select * from till) rows"));
    }

    /** Two commits a round, and sometimes a third. */
    private void innocents(String table, int rounds) {
        server.execute("""
                do $$ begin
                  for i in 1..%2$d loop
                    insert into %1$s (what) values ('innocent');
                    commit;
                    update %1$s set changed = changed + 1 where id = i %% 100 + 1;
                    commit;
                    if i %% 10 = 0 then
                      delete from %1$s where id = (select max(id) from %1$s);
                      commit;
                    end if;
                  end loop;
                end $$""".formatted(table, rounds));
    }

    private Map<String, Object> find(String... options) {
        List<String> words = new ArrayList<>(List.of("find", "--json"));
        words.addAll(List.of(options));
        return source.pgpitr()
                .run(words.toArray(String[]::new))
                .expect(ExitCode.OK)
                .json();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> events(Map<String, Object> found) {
        return (List<Map<String, Object>>) found.get("events");
    }

    private Map<String, Object> first(Incident incident) {
        Map<String, Object> found = find("--from-lsn", incident.from(), "--to-lsn", incident.to());
        assertThat(((Number) ((Map<?, ?>) found.get("searched")).get("commits")).longValue())
                .isGreaterThan(2_900);
        assertThat((List<?>) found.get("notes")).isEmpty();
        Map<String, Object> first = events(found).get(0);
        assertThat(first).containsEntry("maybe_partly", false).containsEntry("kind", "commit");
        return first;
    }

    private void isFirst(Incident incident, String summary) {
        Map<String, Object> byPosition = first(incident);
        assertThat(byPosition).containsEntry("summary", summary);
        Map<String, Object> byTime = find("--from", incident.fromTime(), "--to", incident.toTime());
        assertThat(events(byTime).get(0)).containsEntry("lsn", byPosition.get("lsn"));
    }

    /** What is around a time is what committed then, to the microsecond; the time is given as a person gives it. */
    @Test
    void around_its_time_is_what_was_committed_then() {
        Map<String, Object> accident = first(update);
        Instant time = time(accident);
        List<Map<String, Object>> all =
                events(find("--from-lsn", update.from(), "--to-lsn", update.to(), "--limit", "10000"));
        Duration span = all.stream()
                .map(event -> Duration.between(time, time(event)).abs())
                .sorted()
                .skip(200)
                .findFirst()
                .orElseThrow()
                .truncatedTo(ChronoUnit.MILLIS);
        List<Object> then = all.stream()
                .filter(event -> Duration.between(time, time(event)).abs().compareTo(span) <= 0)
                .map(event -> event.get("lsn"))
                .toList();
        assertThat(then).hasSizeLessThan(all.size() / 2).contains(accident.get("lsn"));

        String around = AROUND.format(time.atOffset(ZoneOffset.ofHours(1)));
        List<Map<String, Object>> found =
                events(find("--around", around, "--within", span.toMillis() + "ms", "--limit", "10000"));

        assertThat(found.get(0)).containsEntry("lsn", accident.get("lsn"));
        assertThat(found.stream()
                        .map(event -> event.get("lsn"))
                        .filter(lsn -> isWithin(lsn.toString(), update))
                        .toList())
                .containsExactlyElementsOf(then);
    }

    private static Instant time(Map<String, Object> event) {
        return Instant.parse(event.get("time").toString());
    }

    private static boolean isWithin(String lsn, Incident incident) {
        return Lsn.parse(lsn).compareTo(Lsn.parse(incident.from())) >= 0
                && Lsn.parse(lsn).compareTo(Lsn.parse(incident.to())) <= 0;
    }

    @Test
    void a_delete_of_all_rows_is_first() {
        isFirst(delete, "public.orders (postgres): 5,001 rows deleted");
    }

    @Test
    void an_update_of_all_rows_is_first() {
        isFirst(update, "public.customers (postgres): 4,000 rows updated");
    }

    @Test
    void a_truncated_table_is_first() {
        isFirst(truncate, "public.payments (postgres) truncated");
    }

    @Test
    void a_dropped_table_is_first_and_named_although_no_backup_knows_it() {
        isFirst(drop, "later.invoices (postgres) dropped");
    }

    @Test
    @SuppressWarnings("unchecked")
    void a_truncated_table_is_told_as_such_whatever_else_is_dropped_or_made_beside_it() {
        List<Map<String, Object>> all = events(find("--from-lsn", mixed, "--to-lsn", delete.from(), "--drops"));
        assertThat(all).hasSize(MIXED.size());
        Map<Object, Map<Object, Object>> told = new HashMap<>();
        for (Map<String, Object> event : all) {
            for (Map<String, Object> each : (List<Map<String, Object>>) event.get("relations")) {
                String[] name = String.valueOf(each.get("name")).split("(?=\\d)", 2);
                told.computeIfAbsent(name[name.length - 1], number -> new HashMap<>())
                        .put(name[0], each.get("fate"));
            }
        }
        for (int i = 0; i < MIXED.size(); i++) {
            String sql = MIXED.get(i);
            Map<Object, Object> fates = new HashMap<>();
            Map.of("kept_", "truncated", "loose_", "truncated", "gone_", "dropped", "new_", "created")
                    .forEach((table, fate) -> {
                        if (sql.contains(table)) {
                            fates.put(table, fate);
                        }
                    });
            assertThat(told.get(Integer.toString(i + 1))).as(sql).isEqualTo(fates);
        }
    }

    @Test
    void a_dropped_database_is_first() {
        isFirst(dropDatabase, "database shop dropped");
    }

    @Test
    void what_only_rewrites_a_table_is_no_loss() {
        Map<String, Object> found = find("--from-lsn", delete.from(), "--drops");

        assertThat(events(found))
                .extracting(event -> event.get("summary"))
                .containsExactly(
                        "database shop dropped",
                        "public.payments (postgres) truncated",
                        "later.invoices (postgres) dropped");
    }

    /** Without a filter all segments are read; with one, those that the index says may hold it. */
    @Test
    void what_the_index_spares_reading_is_nothing_that_was_asked_for() {
        List<Map<String, Object>> all = events(find("--from-lsn", delete.from(), "--limit", "10000"));
        assertThat(events(find("--from-lsn", delete.from(), "--limit", "10000", "--drops")))
                .isEqualTo(all.stream().filter(IncidentTest::isLoss).toList());
        assertThat(events(find("--from-lsn", delete.from(), "--limit", "10000", "--deletes-over", "100")))
                .isEqualTo(all.stream().filter(e -> rows(e, "deleted") > 100).toList());
        assertThat(events(find("--from-lsn", delete.from(), "--limit", "10000", "--updates-over", "100")))
                .isEqualTo(all.stream().filter(e -> rows(e, "updated") > 100).toList());
        Object xid = all.get(3).get("xid");
        assertThat(events(find("--from-lsn", delete.from(), "--xid", xid.toString())))
                .isEqualTo(all.stream().filter(e -> xid.equals(e.get("xid"))).toList());
    }

    @Test
    void a_table_that_was_renamed_is_found_under_both_names_all_along() {
        for (String table : List.of("public.customers", "public.clients")) {
            assertThat(events(find("--from-lsn", delete.from(), "--table", table, "--deletes-over", "20")))
                    .singleElement()
                    .satisfies(event -> assertThat(rows(event, "deleted")).isEqualTo(30));
            assertThat(events(find("--from-lsn", delete.from(), "--table", table, "--updates-over", "3999")))
                    .hasSize(1);
        }
    }

    @SuppressWarnings("unchecked")
    private static boolean isLoss(Map<String, Object> event) {
        return ((List<Map<String, Object>>) event.get("databases"))
                        .stream().anyMatch(each -> each.get("fate").equals("dropped"))
                || ((List<Map<String, Object>>) event.get("relations"))
                        .stream()
                                .anyMatch(each -> List.of("dropped", "truncated")
                                                .contains(each.get("fate"))
                                        && List.of("r", "m", "null").contains(String.valueOf(each.get("relkind"))));
    }

    @SuppressWarnings("unchecked")
    private static long rows(Map<String, Object> event, String kind) {
        return ((List<Map<String, Object>>) event.get("relations"))
                .stream()
                        .mapToLong(each -> ((Number) each.get(kind)).longValue())
                        .sum();
    }

    @Test
    void only_what_concerns_a_table_is_told_and_restore_points_are_found() {
        assertThat(events(find("--from-lsn", delete.from(), "--table", "public.orders")))
                .extracting(event -> event.get("summary"))
                .containsExactly(
                        "public.orders (postgres): 5,001 rows deleted",
                        "index public.orders_pkey (postgres) rewritten");
        assertThat(events(find("--from-lsn", delete.from(), "--updates-over", "3999")))
                .hasSize(1);
        assertThat(events(find("--from-lsn", delete.from(), "--restore-points")))
                .extracting(event -> event.get("name"))
                .startsWith("all is lost");
        String page = source.pgpitr()
                .run("find", "--from-lsn", delete.from(), "--limit", "2")
                .expect(ExitCode.OK)
                .out();
        assertThat(page)
                .contains("1. database shop dropped", "Just before   --target-lsn ", "pgpitr plan --target-lsn");
    }

    /** What a query says of an incident's table, before it and after it. */
    private record Lost(Incident incident, String query, String before, String after) {}

    private List<Lost> lost() {
        return List.of(
                new Lost(delete, "select count(*) from orders", "5001", "0"),
                new Lost(update, "select sum(points) from customers", "0", "4000"),
                new Lost(truncate, "select count(*) from payments", "3000", "0"),
                new Lost(drop, "select count(*) from pg_class where relname = 'invoices'", "1", "0"));
    }

    @SuppressWarnings("unchecked")
    private Cluster recover(Incident incident, String where) {
        Map<String, Object> there = (Map<String, Object>) first(incident).get(where);
        Cluster recovered = source.recover(((List<String>) there.get("options")).toArray(String[]::new));
        assertThat(ledger(recovered.server())).isEqualTo(incident.ledger());
        return recovered;
    }

    @Test
    void the_suggested_options_recover_to_just_before_a_dropped_database() {
        Cluster recovered = recover(dropDatabase, "just_before");
        recovered.server().executeIn("shop", "insert into goods values (501)");
        recovered.discard();
    }

    @Test
    void the_suggested_options_recover_every_commit_before_each_of_the_others_and_not_it() {
        for (Lost each : lost()) {
            Cluster recovered = recover(each.incident(), "just_before");
            assertThat(recovered.server().query(each.query())).isEqualTo(each.before());
            recovered.discard();
        }
    }

    /** All of these end in a commit record alike; one of them on each major. */
    @Test
    void the_suggested_options_recover_to_just_after_it() {
        Lost lost = lost().get(major % 4);
        Cluster recovered = recover(lost.incident(), "just_after");
        assertThat(recovered.server().query(lost.query())).isEqualTo(lost.after());
        recovered.discard();
    }
}
