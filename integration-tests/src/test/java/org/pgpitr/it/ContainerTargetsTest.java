package org.pgpitr.it;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.pgpitr.it.kit.ContainerHost;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.testcontainers.DockerClientFactory;

/**
 * The same on the official PostgreSQL image, where a Docker engine is there; else skipped. The newest major of the run:
 * {@code -Dpgpitr.majors=16} chooses another.
 */
@EnabledIf(value = "anEngineIsThere", disabledReason = "no Docker engine on this machine")
class ContainerTargetsTest extends TargetScenarios {
    private Optional<ContainerHost> container = Optional.empty();

    static boolean anEngineIsThere() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @Override
    Variant variant() {
        return Variant.DISK;
    }

    @Override
    Programs programs(Workspace workspace) {
        ContainerHost started = ContainerHost.start(workspace, Majors.newest());
        container = Optional.of(started);
        return new Programs(started.binaries(), started);
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
        container.ifPresent(ContainerHost::close);
    }
}
