package org.pgpitr.it.kit;

import org.pgpitr.cli.demo.PostgresBinaries;
import org.pgpitr.cli.demo.ServerHost;

/** What a scenario's servers run: programs of one major, and where. */
public record Programs(PostgresBinaries binaries, ServerHost host) {
    /** Those of the build, on this machine. */
    public static Programs embedded(Workspace work, int major) {
        return installed(work, Majors.binaries(major));
    }

    /** Others on this machine. */
    public static Programs installed(Workspace work, PostgresBinaries binaries) {
        return new Programs(binaries, work.user());
    }

    public int major() {
        return binaries.major().value();
    }
}
