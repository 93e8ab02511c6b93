package org.pgpitr.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;

/** What is in a server: a digest of every table's ordered rows, and amcheck's word on its files. */
public final class Content {
    private static final String TABLES = "select format('%I.%I', n.nspname, c.relname)"
            + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            + " where c.relkind = 'r' and c.relpersistence = 'p'"
            + " and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'"
            + " order by 1";

    private Content() {}

    /** The digest of each permanent user table of each database: {@code database.schema.table} to digest and count. */
    public static Map<String, String> of(PostgresInstance server) {
        Map<String, String> digests = new TreeMap<>();
        for (String database : databases(server)) {
            try (Connection connection = server.connect(database)) {
                for (String table : Sql.rows(connection, TABLES)) {
                    digests.put(database + "." + table, digest(connection, table));
                }
            } catch (SQLException e) {
                throw new IllegalStateException(database, e);
            }
        }
        return digests;
    }

    private static String digest(Connection connection, String table) throws SQLException {
        return Sql.rows(
                        connection,
                        "select count(*) || ' rows ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '')"
                                + " from " + table + " t")
                .get(0);
    }

    private static List<String> databases(PostgresInstance server) {
        return server.rows("select datname from pg_database where datallowconn and datname not like 'template%'");
    }

    /** Makes amcheck available in every database to come. */
    public static void prepare(PostgresInstance server) {
        for (String database : List.of("template1", "postgres")) {
            try (Connection connection = server.connect(database)) {
                Sql.execute(connection, "create extension if not exists amcheck");
            } catch (SQLException e) {
                throw new IllegalStateException(database, e);
            }
        }
    }

    /** Fails the test if a B-tree or, from 14 on, a heap of any database is damaged. */
    public static void check(PostgresInstance server) {
        boolean heaps = server.binaries().major().isAtLeast(14);
        for (String database : databases(server)) {
            try (Connection connection = server.connect(database)) {
                Sql.rows(
                        connection,
                        "select bt_index_check(c.oid, c.relpersistence = 'p' and i.indisvalid) from pg_class c"
                                + " join pg_index i on i.indexrelid = c.oid join pg_am a on a.oid = c.relam"
                                + " where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence = 'p'");
                if (heaps) {
                    assertThat(Sql.rows(
                                    connection,
                                    "select c.relname || ' block ' || v.blkno || ': ' || v.msg from pg_class c,"
                                            + " lateral verify_heapam(c.oid) v"
                                            + " where c.relkind in ('r', 't') and c.relpersistence = 'p'"))
                            .as("what verify_heapam finds in %s", database)
                            .isEmpty();
                }
            } catch (SQLException e) {
                throw new AssertionError("amcheck in " + database, e);
            }
        }
    }
}
