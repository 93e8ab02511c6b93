package org.pgpitr.cli.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** Short statements over a connection. */
public final class Sql {
    private Sql() {}

    /** Runs statements, each on its own. */
    public static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of every row, as text; booleans are {@code t} and {@code f}. */
    public static List<String> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }

    static PgpitrException failed(String sql, SQLException e) {
        return new PgpitrException(ExitCode.POSTGRES_UNAVAILABLE, "\"" + sql + "\": " + e.getMessage(), null, e);
    }
}
