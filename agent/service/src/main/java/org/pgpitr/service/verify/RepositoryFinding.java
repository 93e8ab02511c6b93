package org.pgpitr.service.verify;

import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.PostgresMajor;

/** Findings about a generation as a whole. */
public sealed interface RepositoryFinding extends Finding {
    /** A generation's {@code cluster.json} is not readable, so nothing in the generation can be read. */
    record IdentityDamaged(int generation, String message) implements RepositoryFinding {
        @Override
        public String kind() {
            return "identity_damaged";
        }

        @Override
        public Severity severity() {
            return Severity.DAMAGED;
        }

        @Override
        public String subject() {
            return Integer.toString(generation);
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("put the object back from another copy of the repository");
        }

        @Override
        public Map<String, Object> details() {
            return Details.none();
        }
    }

    /** There are objects of a generation but no {@code cluster.json}: neither this nor a later generation is found. */
    record IdentityMissing(int generation, String object) implements RepositoryFinding {
        @Override
        public String kind() {
            return "identity_missing";
        }

        @Override
        public Severity severity() {
            return Severity.DAMAGED;
        }

        @Override
        public String subject() {
            return Integer.toString(generation);
        }

        @Override
        public String message() {
            return "there are objects of generation " + generation + " but no " + object
                    + ": no command finds this generation, nor a later one";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("put the object back from another copy of the repository");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("object", object).end();
        }
    }

    /** There is no backup. */
    record NoBackup(long segments) implements RepositoryFinding {
        @Override
        public String kind() {
            return "no_backup";
        }

        @Override
        public Severity severity() {
            return segments > 0 ? Severity.HOLE : Severity.NOTE;
        }

        @Override
        public String subject() {
            return "";
        }

        @Override
        public String message() {
            return segments > 0
                    ? "there is no backup: nothing can be recovered from the " + segments + " archived segments alone"
                    : "there is neither a backup nor WAL";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("take one with `pgpitr backup`");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("segments", segments).end();
        }
    }

    /**
     * Something that is encrypted and could not be read.
     *
     * @param what in words, such as {@code the manifests of 3 backups}
     */
    record NotDecrypted(String what, String reason) implements RepositoryFinding {
        @Override
        public String kind() {
            return "not_decrypted";
        }

        @Override
        public Severity severity() {
            return Severity.NOT_VERIFIED;
        }

        @Override
        public String subject() {
            return what;
        }

        @Override
        public String message() {
            return "not verified: " + what + " (" + reason + ")";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("run `pgpitr verify` where an identity is configured: `identity_file` in [encryption]");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("what", what).end();
        }
    }

    /** A PostgreSQL that is not known here: its records and pages are not looked at. */
    record UnknownMajor(PostgresMajor major) implements RepositoryFinding {
        @Override
        public String kind() {
            return "unknown_major";
        }

        @Override
        public Severity severity() {
            return Severity.NOTE;
        }

        @Override
        public String subject() {
            return major.toString();
        }

        @Override
        public String message() {
            return "this pgpitr does not know the formats of PostgreSQL " + major
                    + ": WAL records and pages are not looked into, all digests are";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("verify with a newer pgpitr");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("major", major.value()).end();
        }
    }

    /** Objects that stand among the WAL and are nothing that pgpitr knows. */
    record StrangeObjects(String first, long count) implements RepositoryFinding {
        @Override
        public String kind() {
            return "strange_objects";
        }

        @Override
        public Severity severity() {
            return Severity.NOTE;
        }

        @Override
        public String subject() {
            return first;
        }

        @Override
        public String message() {
            return count == 1
                    ? "object " + first + " is nothing that pgpitr knows"
                    : count + " objects are nothing that pgpitr knows, the first of them " + first;
        }

        @Override
        public Optional<String> hint() {
            return Optional.empty();
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("object", first).and("count", count).end();
        }
    }
}
