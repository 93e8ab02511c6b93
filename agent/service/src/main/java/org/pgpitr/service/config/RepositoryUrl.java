package org.pgpitr.service.config;

import java.nio.file.Path;

/** Where a repository stands. */
public sealed interface RepositoryUrl {
    /** For messages. */
    String FORMS = "file:///folder or s3://bucket/prefix";

    /** A folder of a local or mounted file system. */
    record Folder(Path path) implements RepositoryUrl {
        @Override
        public String toString() {
            return "file://" + path;
        }
    }

    /**
     * A bucket of S3 or of one of its look-alikes.
     *
     * @param prefix of all keys, without a slash at either end; may be empty
     */
    record S3(String bucket, String prefix) implements RepositoryUrl {
        @Override
        public String toString() {
            return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
        }
    }

    /**
     * Reads {@code file:///folder}, an absolute path alone, or {@code s3://bucket[/prefix]}. Nothing in it is decoded:
     * blanks and per cent signs stand for themselves.
     *
     * @throws IllegalArgumentException for any other text
     */
    static RepositoryUrl parse(String text) {
        if (text.startsWith("s3://")) {
            String rest = text.substring(5);
            int slash = rest.indexOf('/');
            String bucket = slash < 0 ? rest : rest.substring(0, slash);
            String prefix = slash < 0 ? "" : rest.substring(slash + 1).replaceAll("^/+|/+$", "");
            if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,62}") || !prefix.matches("[A-Za-z0-9._/+=-]*")) {
                throw new IllegalArgumentException("not an S3 URL: \"" + text + "\"");
            }
            return new S3(bucket, prefix);
        }
        String path = text.startsWith("file://") ? text.substring(7) : text;
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("not a URL of the form " + FORMS + ": \"" + text + "\"");
        }
        return new Folder(Path.of(path).normalize());
    }
}
