package org.pgpitr.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrivilegeTest {
    @Test
    void the_functions_have_the_names_of_the_version() {
        assertThat(Privilege.BACKUP.grants("backup", 140_010))
                .isEqualTo("GRANT EXECUTE ON FUNCTION pg_catalog.pg_start_backup(text, boolean, boolean), "
                        + "pg_catalog.pg_stop_backup(boolean, boolean) TO backup");
        assertThat(Privilege.BACKUP.grants("backup", 150_000))
                .isEqualTo("GRANT EXECUTE ON FUNCTION pg_catalog.pg_backup_start(text, boolean), "
                        + "pg_catalog.pg_backup_stop(boolean) TO backup");
    }

    @Test
    void a_role_is_quoted_where_it_must_be() {
        assertThat(Privilege.READ_SETTINGS.grants("odd \"one\"", 180_000))
                .isEqualTo("GRANT pg_monitor TO \"odd \"\"one\"\"\"");
    }
}
