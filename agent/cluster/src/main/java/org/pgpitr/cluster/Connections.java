package org.pgpitr.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGProperty;

/** Opens connections of pgjdbc, for this module alone. */
public final class Connections {
    private Connections() {}

    /** For queries. */
    static Connection ordinary(ConnectionSettings settings, Passwords passwords) {
        return open(settings, DriverSettings.properties(settings, passwords));
    }

    /**
     * For the replication protocol, of the kind for physical replication.
     *
     * @throws org.pgpitr.error.PgpitrException POSTGRES_UNAVAILABLE; USAGE if the password file can't be read
     */
    public static Connection replication(ConnectionSettings settings, String applicationName) {
        Properties properties = DriverSettings.properties(settings, Passwords.ofProcess());
        PGProperty.REPLICATION.set(properties, "true");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        return open(settings, properties);
    }

    private static Connection open(ConnectionSettings settings, Properties properties) {
        try {
            // Asked directly: DriverManager would look through the whole class path for other drivers
            return new org.postgresql.Driver().connect(DriverSettings.url(settings), properties);
        } catch (SQLException e) {
            throw ServerFailure.connecting(settings, e);
        } catch (LinkageError e) {
            throw ServerFailure.loading(settings, e);
        }
    }
}
