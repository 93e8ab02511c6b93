package org.pgpitr.it.kit;

/** Where and how a scenario's repository is kept. */
public enum Variant {
    DISK(Place.DISK, Protection.PLAIN),
    DISK_ENCRYPTED(Place.DISK, Protection.AGE),
    S3(Place.S3, Protection.PLAIN),
    S3_ENCRYPTED(Place.S3, Protection.AGE);

    enum Place {
        DISK,
        S3
    }

    enum Protection {
        PLAIN,
        AGE
    }

    final Place place;
    final Protection protection;

    Variant(Place place, Protection protection) {
        this.place = place;
        this.protection = protection;
    }

    /** On a disk; plain or encrypted by turns, so that each major meets both in one scenario or another. */
    public static Variant onDisk(int major, int scenario) {
        return (major + scenario) % 2 == 0 ? DISK : DISK_ENCRYPTED;
    }

    /** On S3; plain or encrypted by turns. */
    public static Variant onS3(int major) {
        return major % 2 == 0 ? S3 : S3_ENCRYPTED;
    }
}
