package org.pgpitr.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DriverSettingsTest {
    private static final Passwords NO_PASSWORDS = new Passwords(Map.of(), Optional.empty());

    @Test
    void a_directory_is_a_socket() {
        ConnectionSettings settings = ConnectionSettings.of("/var/run/postgresql", 5433, "postgres", "postgres");
        assertThat(DriverSettings.url(settings)).isEqualTo("jdbc:postgresql://localhost:5433/postgres");
        assertThat(DriverSettings.properties(settings, NO_PASSWORDS))
                .contains(
                        entry("socketFactory", "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg"),
                        entry("socketFactoryArg", "/var/run/postgresql/.s.PGSQL.5433"),
                        entry("sslmode", "disable"),
                        entry("ApplicationName", "pgpitr"))
                .doesNotContainKey("password");
    }

    @Test
    void options_go_over_ours() {
        ConnectionSettings settings = new ConnectionSettings(
                "2001:db8::1",
                5432,
                "postgres",
                "my db",
                Optional.of("secret"),
                Optional.empty(),
                Map.of("sslmode", "verify-full", "tcpKeepAlive", "false"),
                ConnectionSettings.DEFAULT_CONNECT_TIMEOUT,
                ConnectionSettings.DEFAULT_ANSWER_TIMEOUT);
        assertThat(DriverSettings.url(settings)).isEqualTo("jdbc:postgresql://[2001:db8::1]:5432/my+db");
        assertThat(DriverSettings.properties(settings, NO_PASSWORDS))
                .contains(
                        entry("sslmode", "verify-full"),
                        entry("tcpKeepAlive", "false"),
                        entry("password", "secret"),
                        entry("connectTimeout", "10"),
                        entry("socketTimeout", "60"))
                .doesNotContainKey("socketFactory");
    }
}
