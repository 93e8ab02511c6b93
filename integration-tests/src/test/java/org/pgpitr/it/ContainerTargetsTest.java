package org.pgpitr.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.it.kit.ContainerHost;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.testcontainers.DockerClientFactory;

/** The same on the official PostgreSQL image, where a Docker engine is there; else skipped. */
@ParameterizedClass(name = "image postgres:{0}")
@MethodSource("org.pgpitr.it.kit.Majors#all")
class ContainerTargetsTest extends TargetScenarios {
    private final ContainerHost container;

    ContainerTargetsTest(int major) {
        this(new Workspace(), major);
    }

    private ContainerTargetsTest(Workspace work, int major) {
        this(work, container(work, major));
    }

    private ContainerTargetsTest(Workspace work, ContainerHost container) {
        super(work, new Programs(container.binaries(), container), Variant.DISK);
        this.container = container;
    }

    private static ContainerHost container(Workspace work, int major) {
        try {
            assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "no Docker engine on this machine");
            return ContainerHost.start(work, major);
        } catch (RuntimeException e) {
            work.close();
            throw e;
        }
    }

    @AfterParameterizedClassInvocation
    void stop() {
        container.close();
    }
}
