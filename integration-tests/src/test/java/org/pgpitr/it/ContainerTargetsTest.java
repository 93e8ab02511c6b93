package org.pgpitr.it;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.pgpitr.it.kit.ContainerHost;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/**
 * The targets on the official PostgreSQL image, where a Docker engine is there; else skipped. The newest major of the
 * run: {@code -Dpgpitr.majors=16} chooses another. {@code -Dpgpitr.servers=container} runs all the scenarios so.
 */
@EnabledIf(value = "anEngineIsThere", disabledReason = "no Docker engine on this machine")
class ContainerTargetsTest extends TargetScenarios {
    static boolean anEngineIsThere() {
        return ContainerHost.isEngineThere();
    }

    @Override
    Variant variant() {
        return Variant.DISK;
    }

    @Override
    Programs programs(Workspace workspace) {
        return Programs.official(workspace, Majors.newest());
    }

    @BeforeAll
    @Override
    void record_the_moments() {
        super.record_the_moments();
    }

    @AfterAll
    @Override
    void close() {
        super.close();
    }
}
