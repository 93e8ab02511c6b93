package org.pgpitr.cluster;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.postgresql.PGProperty;

/** What pgjdbc is told about a connection: only what is needed, so that it comes about in few round trips. */
final class DriverSettings {
    private DriverSettings() {}

    /** Over a Unix-domain socket the socket factory knows the way; the host is for the driver's eyes only. */
    static String url(ConnectionSettings settings) {
        String host = settings.isLocalSocket() ? "localhost" : settings.host();
        String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return "jdbc:postgresql://" + bracketed + ":" + settings.port() + "/"
                + URLEncoder.encode(settings.database(), StandardCharsets.UTF_8);
    }

    static Properties properties(ConnectionSettings settings, Passwords passwords) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, settings.user());
        passwords.find(settings).ifPresent(password -> PGProperty.PASSWORD.set(properties, password));
        PGProperty.APPLICATION_NAME.set(properties, "pgpitr");
        // The oldest that is supported: spares a round trip
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "13");
        PGProperty.CONNECT_TIMEOUT.set(
                properties, Math.toIntExact(settings.connectTimeout().toSeconds()));
        PGProperty.SOCKET_TIMEOUT.set(
                properties, Math.toIntExact(settings.answerTimeout().toSeconds()));
        PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, 5);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.GSS_ENC_MODE.set(properties, "disable");
        PGProperty.PREPARE_THRESHOLD.set(properties, 0);
        PGProperty.DATABASE_METADATA_CACHE_FIELDS.set(properties, 0);
        if (settings.isLocalSocket()) {
            PGProperty.SOCKET_FACTORY.set(properties, "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg");
            PGProperty.SOCKET_FACTORY_ARG.set(properties, settings.socketFile().toString());
            PGProperty.SSL_MODE.set(properties, "disable");
        }
        settings.options().forEach(properties::setProperty);
        return properties;
    }
}
