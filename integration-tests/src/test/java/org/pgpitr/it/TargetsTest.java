package org.pgpitr.it;

import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** Each kind of target on each major. */
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("org.pgpitr.it.kit.Majors#all")
class TargetsTest extends TargetScenarios {
    @Parameter
    int major;

    @Override
    Variant variant() {
        return Variant.onDisk(major, 0);
    }

    @Override
    Programs programs(Workspace workspace) {
        return Programs.of(workspace, major);
    }

    @BeforeParameterizedClassInvocation
    @Override
    void record_the_moments() {
        super.record_the_moments();
    }

    @AfterParameterizedClassInvocation
    @Override
    void close() {
        super.close();
    }
}
