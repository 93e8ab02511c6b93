package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** A major upgrade, which makes another cluster under the same name. */
@Tag("scenario")
class UpgradeTest {
    @Test
    void after_an_upgrade_the_name_goes_on_and_old_backups_stay_restorable() {
        try (Workspace work = new Workspace()) {
            Cluster old = Cluster.create(work, Majors.OLDEST, Variant.DISK_ENCRYPTED, InitdbOptions.standard());
            old.insert("old");
            old.backup();
            Moment lastOfOld = old.insert("last of the old");
            old.archive();
            old.server().close();

            Cluster upgraded = old.upgradedTo(Programs.of(work, Majors.NEWEST));
            Outcome refused = upgraded.pgpitr().run("init");
            assertThat(refused.status()).isNotZero();
            assertThat(refused.err()).contains("init --upgrade");
            upgraded.pgpitr().run("init", "--upgrade").expect(ExitCode.OK);
            upgraded.pgpitr().run("init", "--upgrade").expect(ExitCode.OK);
            upgraded.pgpitr().run("init").expect(ExitCode.OK);
            upgraded.prepare();
            upgraded.insert("new");
            upgraded.backup();
            Moment lastOfNew = upgraded.insert("last of the new");
            upgraded.archive();

            upgraded.recover().expect(lastOfNew).discard();
            String oldest = upgraded.pgpitr().backups().get(0);
            old.recover("--backup", oldest).expect(lastOfOld).discard();
        }
    }
}
