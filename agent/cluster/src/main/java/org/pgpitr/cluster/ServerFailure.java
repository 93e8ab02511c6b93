package org.pgpitr.cluster;

import java.net.UnknownHostException;
import java.sql.SQLException;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.postgresql.util.PSQLException;

/**
 * Says in one sentence what a server or the way to it refused. The states are PostgreSQL's error codes
 * ({@code errcodes.txt}), and those of class 08 that pgjdbc makes up itself.
 * For this module alone.
 */
public final class ServerFailure {
    private ServerFailure() {}

    /** A connection that did not come about. */
    static PgpitrException connecting(ConnectionSettings settings, SQLException e) {
        return unavailable("PostgreSQL does not take the connection (" + settings + "): " + words(e), hint(e), e);
    }

    /** The socket's native library, which is unpacked into a temporary folder before it is loaded. */
    static PgpitrException loading(ConnectionSettings settings, LinkageError e) {
        return unavailable(
                "no connection (" + settings + "), because native code can't be loaded: " + e.getMessage(),
                "let java.io.tmpdir be a folder that can be written to and executed from, or connect through TCP with "
                        + "host = \"localhost\"",
                e);
    }

    /**
     * A statement that failed.
     *
     * @param what was tried, to go behind "the server can't"
     * @param privilege that it takes
     */
    static PgpitrException asking(Session session, String what, Privilege privilege, SQLException e) {
        if (isState(e, "42501") && privilege != Privilege.NONE) {
            return unavailable(
                    "role \"" + session.user() + "\" is not allowed to " + what + ": " + words(e),
                    "as a superuser, in database \"" + session.database() + "\": "
                            + privilege.grants(session.user(), session.versionNumber()),
                    e);
        }
        if (isConnectionLost(e)) {
            return unavailable(
                    "the connection to PostgreSQL was lost while trying to " + what + ": " + words(e),
                    "look into the server's log: was it stopped or restarted?",
                    e);
        }
        return unavailable("PostgreSQL refuses to " + what + ": " + words(e), hint(e), e);
    }

    /** POSTGRES_UNAVAILABLE; hint and cause may be null. */
    public static PgpitrException unavailable(String message, String hint, Throwable cause) {
        return new PgpitrException(ExitCode.POSTGRES_UNAVAILABLE, message, hint, cause);
    }

    /** Whether the session is gone: broken, timed out, or ended by the server. */
    static boolean isConnectionLost(SQLException e) {
        return isState(e, "08") || isState(e, "57P01") || isState(e, "57P02") || isState(e, "57P03");
    }

    private static boolean isState(SQLException e, String prefix) {
        return e.getSQLState() != null && e.getSQLState().startsWith(prefix);
    }

    private static String hint(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("28")) {
            return "see pg_hba.conf of the server, and user and password of this connection: over a Unix-domain socket "
                    + "with peer authentication, the operating system's user must be the role (or mapped to it)";
        }
        return switch (state) {
            case "57P03" -> "the server is starting, stopping or recovering; a standby needs hot_standby = on";
            case "53300" -> "raise max_connections, or leave some of them to this role";
            case "3D000" -> "connect to a database that exists, such as postgres";
            case "55000" -> "see the server's log";
            default ->
                state.startsWith("08") ? "is the server running there? Check host and port of the configuration" : null;
        };
    }

    /** The server's own message without its prefix; otherwise the innermost cause's. */
    public static String words(SQLException e) {
        if (e instanceof PSQLException p && p.getServerErrorMessage() != null) {
            String message = p.getServerErrorMessage().getMessage();
            if (message != null) {
                return message;
            }
        }
        Throwable innermost = e;
        while (innermost.getCause() != null && innermost.getCause().getMessage() != null) {
            innermost = innermost.getCause();
        }
        if (innermost instanceof UnknownHostException) {
            return "there is no host of that name";
        }
        return innermost
                .getMessage()
                .replaceFirst("^(FATAL|ERROR|PANIC): +", "")
                .strip();
    }
}
