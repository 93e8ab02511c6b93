package org.pgpitr.service;

/** Which version of pgpitr this is. */
public final class PgpitrVersion {
    private PgpitrVersion() {}

    /** Such as {@code 0.1.0}; {@code unreleased} where the classes do not come from a built archive. */
    public static String current() {
        String version = PgpitrVersion.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
