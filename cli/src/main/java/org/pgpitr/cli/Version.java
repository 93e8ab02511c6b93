package org.pgpitr.cli;

import java.util.Optional;

/** Which pgpitr this is. */
public final class Version {
    private Version() {}

    /** As the build named it; {@code development} outside of a build. */
    public static String current() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
