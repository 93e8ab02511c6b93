package org.pgpitr.service.verify;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.storage.ObjectKey;

/** Findings about one backup. */
public sealed interface BackupFinding extends Finding {
    BackupId backup();

    @Override
    default Severity severity() {
        return Severity.DAMAGED;
    }

    @Override
    default Optional<String> hint() {
        return Optional.of("put the objects back from another copy of the repository, or take a new backup; what is"
                + " damaged can't be restored from this backup");
    }

    /** Whether the backup can't be restored for it; pages that were damaged when it was taken are restored as they are. */
    default boolean costsBackup() {
        return severity() == Severity.DAMAGED && !(this instanceof PagesDamaged);
    }

    /** The manifest can't be read, so there is no backup. */
    record ManifestDamaged(BackupId backup, ObjectKey object, String message) implements BackupFinding {
        @Override
        public String kind() {
            return "manifest_damaged";
        }

        @Override
        public String subject() {
            return object.value();
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("object", object.value()).end();
        }
    }

    /** The backup is of another cluster than the generation. */
    record OfAnotherCluster(BackupId backup, SystemIdentifier found, SystemIdentifier expected)
            implements BackupFinding {
        @Override
        public String kind() {
            return "backup_of_another_cluster";
        }

        @Override
        public String subject() {
            return backup.value();
        }

        @Override
        public String message() {
            return "backup " + backup + " is of the cluster with system identifier " + found
                    + ", and stands in the repository of " + expected;
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("system_identifier", found.toString()).end();
        }
    }

    /** An object of a lane is not there. */
    record ObjectMissing(BackupId backup, ObjectKey object) implements BackupFinding {
        @Override
        public String kind() {
            return "object_missing";
        }

        @Override
        public String subject() {
            return object.value();
        }

        @Override
        public String message() {
            return "object " + object + " of backup " + backup + " is missing";
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("object", object.value()).end();
        }
    }

    /** An object of a lane is cut off, or not what was stored. */
    record ObjectDamaged(BackupId backup, ObjectKey object, String message) implements BackupFinding {
        @Override
        public String kind() {
            return "object_damaged";
        }

        @Override
        public String subject() {
            return object.value();
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("object", object.value()).end();
        }
    }

    /** A lane as a whole is not what the manifest says, although each of its objects is whole. */
    record LaneDamaged(BackupId backup, int lane, String message) implements BackupFinding {
        @Override
        public String kind() {
            return "lane_damaged";
        }

        @Override
        public String subject() {
            return backup + " " + lane;
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("lane", lane).end();
        }
    }

    /** Files that can't be restored, because objects that hold them are missing or damaged. */
    record FilesLost(BackupId backup, int lane, String first, String last, long count) implements BackupFinding {
        @Override
        public String kind() {
            return "files_lost";
        }

        @Override
        public String subject() {
            return backup + " " + lane;
        }

        @Override
        public String message() {
            return "of backup " + backup + " "
                    + (count == 1
                            ? "file \"" + first + "\" is lost"
                            : count + " files are lost, from \"" + first + "\" to \"" + last + "\"")
                    + " with the objects of lane " + lane;
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("lane", lane)
                    .and("first_path", first)
                    .and("last_path", last)
                    .and("count", count)
                    .end();
        }
    }

    /** A file is not the one that was backed up, or is none that a recovery can use. */
    record FileDamaged(BackupId backup, String path, String how) implements BackupFinding {
        @Override
        public String kind() {
            return "file_damaged";
        }

        @Override
        public String subject() {
            return backup + " " + path;
        }

        @Override
        public String message() {
            return "\"" + path + "\" of backup " + backup + " " + how;
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("path", path).end();
        }
    }

    /**
     * Pages whose checksums are wrong in a file that is as it was backed up: the cluster was damaged then.
     *
     * @param blocks within the relation's fork, the first of them
     * @param count of all of them
     */
    record PagesDamaged(BackupId backup, String path, List<Long> blocks, long count) implements BackupFinding {
        public PagesDamaged {
            blocks = List.copyOf(blocks);
        }

        @Override
        public String kind() {
            return "pages_damaged";
        }

        @Override
        public String subject() {
            return backup + " " + path;
        }

        @Override
        public String message() {
            return (count == 1 ? "page " + blocks.get(0) : count + " pages, the first of them " + blocks.get(0) + ",")
                    + " of \"" + path + "\" had a wrong checksum when backup " + backup + " was taken";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("the server's own copy may be damaged too: look with `pg_amcheck`, mend it from an older"
                    + " backup or a standby, and take a new backup");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("path", path)
                    .and("blocks", blocks)
                    .and("count", count)
                    .end();
        }
    }

    /** Objects that no manifest names. */
    record SurplusObjects(BackupId backup, ObjectKey first, int count) implements BackupFinding {
        @Override
        public String kind() {
            return "surplus_objects";
        }

        @Override
        public Severity severity() {
            return Severity.NOTE;
        }

        @Override
        public String subject() {
            return backup.value();
        }

        @Override
        public String message() {
            return "backup " + backup + " has objects that its manifest does not name, the first of " + count + " is "
                    + first;
        }

        @Override
        public Optional<String> hint() {
            return Optional.empty();
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("object", first.value()).and("count", count).end();
        }
    }

    /**
     * Objects without a manifest: a backup that is being taken, or one that was interrupted.
     *
     * @param unknown one that is not known here, if there is any: then it may be anything
     */
    record Unfinished(BackupId backup, Optional<ObjectKey> unknown) implements BackupFinding {
        @Override
        public String kind() {
            return "backup_unfinished";
        }

        @Override
        public Severity severity() {
            return Severity.NOTE;
        }

        @Override
        public String subject() {
            return backup.value();
        }

        @Override
        public String message() {
            return "backup " + backup + " has no manifest"
                    + unknown.map(key -> " that this pgpitr knows, and it does not know object " + key)
                            .orElse(": it is being taken, or it was interrupted");
        }

        @Override
        public Optional<String> hint() {
            return Optional.of(
                    unknown.isPresent()
                            ? "verify with a newer pgpitr; nothing of it is ever deleted while that object is there"
                            : "the next `pgpitr backup` removes what an interrupted one left");
        }

        @Override
        public Map<String, Object> details() {
            return unknown.map(key -> Details.with("object", key.value()).end()).orElseGet(Details::none);
        }
    }
}
