package org.pgpitr.cluster;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.pgpitr.error.PgpitrException;

/** Reads the relations of all databases, over one connection each. */
final class RelationsQuery {
    /** Shared relations are told once, with the first database that can be read. */
    private static final String RELATIONS = """
            SELECT c.relisshared, f.file, c.oid::bigint, coalesce(i.indrelid, t.oid, 0)::bigint, c.relkind::text,
                   n.nspname::text, c.relname::text
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_index i ON i.indexrelid = c.oid
            LEFT JOIN pg_class t ON t.reltoastrelid = c.oid AND c.relkind = 't'
            CROSS JOIN LATERAL (SELECT pg_relation_filenode(c.oid)::bigint AS file) f
            WHERE f.file IS NOT NULL AND c.relpersistence <> 't'
            ORDER BY f.file""";

    private final Session session;
    private final Passwords passwords;
    private boolean sharedTold;

    RelationsQuery(Session session, Passwords passwords) {
        this.session = session;
        this.passwords = passwords;
    }

    private record Database(long oid, String name, boolean connectable) {}

    void run(RelationVisitor visitor) {
        List<Database> databases = session.rows(
                "tell its databases",
                Privilege.NONE,
                "SELECT oid::bigint, datname::text, datallowconn AND datconnlimit <> -2 FROM pg_database ORDER BY oid",
                row -> new Database(row.getLong(1), row.getString(2), row.getBoolean(3)));
        for (Database database : databases) {
            visitor.database(database.oid(), database.name());
            if (!database.connectable()) {
                visitor.unread(database.name(), "it takes no connections");
                continue;
            }
            try (Session own = Session.open(session.settings().withDatabase(database.name()), passwords)) {
                own.stream(
                        "tell its schemas",
                        "SELECT oid::bigint, nspname::text FROM pg_namespace ORDER BY oid",
                        row -> visitor.schema(database.oid(), row.getLong(1), row.getString(2)));
                own.stream("tell its relations", RELATIONS, row -> tell(row, database.oid(), visitor));
                sharedTold = true;
            } catch (PgpitrException e) {
                visitor.unread(database.name(), e.getMessage());
            }
        }
    }

    private void tell(ResultSet row, long database, RelationVisitor visitor) throws SQLException {
        boolean shared = row.getBoolean(1);
        if (!shared || !sharedTold) {
            visitor.relation(new RelationVisitor.Relation(
                    shared ? 0 : database,
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getString(5).charAt(0),
                    row.getString(6),
                    row.getString(7)));
        }
    }
}
