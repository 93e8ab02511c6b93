package org.pgpitr.it;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** Each kind of target on each major. */
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("org.pgpitr.it.kit.Majors#all")
class TargetsTest extends TargetScenarios {
    TargetsTest(int major) {
        this(new Workspace(), major);
    }

    private TargetsTest(Workspace work, int major) {
        super(work, Programs.embedded(work, major), Variant.of(major, 0));
    }
}
