package org.pgpitr.it.kit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.pgpitr.cli.demo.PostgresBinaries;
import org.pgpitr.cli.demo.ServerHost;

/** What a scenario's servers run: programs of one major, and where. */
public record Programs(PostgresBinaries binaries, ServerHost host) {
    /**
     * Those of the build, on this machine; with {@code -Dpgpitr.servers=container} those of the official image, and
     * without a Docker engine the test is skipped then.
     */
    public static Programs of(Workspace work, int major) {
        String servers = System.getProperty("pgpitr.servers", "embedded");
        return switch (servers) {
            case "embedded" -> installed(work, Majors.binaries(major));
            case "container" -> official(work, major);
            default -> throw new IllegalArgumentException("pgpitr.servers is embedded or container, not " + servers);
        };
    }

    /** Those of the official image, in a container that ends with the workspace. */
    public static Programs official(Workspace work, int major) {
        assumeTrue(ContainerHost.isEngineThere(), "no Docker engine on this machine");
        ContainerHost container = work.container(major);
        return new Programs(container.binaries(), container);
    }

    /** Others on this machine. */
    public static Programs installed(Workspace work, PostgresBinaries binaries) {
        return new Programs(binaries, work.user());
    }

    public int major() {
        return binaries.major().value();
    }
}
