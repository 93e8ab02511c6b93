package org.pgpitr.storage.s3;

import org.pgpitr.storage.ObjectVersion;

/** Look-alikes show entity tags with quotes in one place and without in another. */
final class EntityTag {
    private EntityTag() {}

    static ObjectVersion version(String tag) {
        return new ObjectVersion(tag.replace("\"", ""));
    }

    static String header(ObjectVersion version) {
        return "\"" + version.value() + "\"";
    }
}
