package org.pgpitr.it;

import java.util.Optional;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.it.kit.ContainerHost;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.testcontainers.DockerClientFactory;

/** The same on the official PostgreSQL image, where a Docker engine is there; else skipped. */
@EnabledIf(value = "anEngineIsThere", disabledReason = "no Docker engine on this machine")
@ParameterizedClass(name = "image postgres:{0}")
@MethodSource("org.pgpitr.it.kit.Majors#all")
class ContainerTargetsTest extends TargetScenarios {
    @Parameter
    int major;

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
        ContainerHost started = ContainerHost.start(workspace, major);
        container = Optional.of(started);
        return new Programs(started.binaries(), started);
    }

    @AfterParameterizedClassInvocation
    void stop() {
        container.ifPresent(ContainerHost::close);
    }
}
