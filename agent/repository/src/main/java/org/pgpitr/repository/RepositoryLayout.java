package org.pgpitr.repository;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.storage.ObjectKey;

/**
 * Where each object of one generation of a cluster stands. The only place that builds keys.
 *
 * @param cluster the cluster's name
 * @param generation counted from 1
 * @param encryption decides the ending of the encoded objects
 */
public record RepositoryLayout(ClusterName cluster, int generation, ClusterIdentity.Encryption encryption) {
    private static final Pattern ROLL_UP = Pattern.compile("/index/[0-9A-F]{8}/(256|65536)/([0-9A-F]{24})\\.zst");
    private static final Pattern NAMES =
            Pattern.compile("/catalog/((?!0{8})[0-9A-F]{8})/([0-9A-F]{16})\\.([0-9a-f]{64})\\.zst");
    private static final Pattern REFUSED = Pattern.compile("/broken/([0-9A-F]{24})\\.([0-9a-f]{64})\\.zst");
    private static final Pattern SAMPLE =
            Pattern.compile("/verify/([^/]+)/([1-9][0-9]{0,2})/([0-9]{8,9})/([0-9]{3})\\.(claimed|done)");
    private static final Pattern DATA = Pattern.compile("/data/([0-9]{4,8})/([0-9]{6,8})\\.tar\\.zst");

    /** Whose generation it is; written by {@code init}, first, plain JSON. */
    public static ObjectKey identity(ClusterName cluster, int generation) {
        return ObjectKey.of(cluster + "/" + generation + "/cluster.json");
    }

    /** What a probe of the store writes and deletes; outside of every generation. */
    public static ObjectKey probe(ClusterName cluster, String id) {
        return ObjectKey.of(cluster + "/probe/" + id);
    }

    /** Where all generations of a cluster stand, and what is of no generation. */
    public static String clusterPrefix(ClusterName cluster) {
        return cluster + "/";
    }

    public static RepositoryLayout of(ClusterName cluster, ClusterIdentity identity) {
        return new RepositoryLayout(cluster, identity.generation(), identity.encryption());
    }

    private String root() {
        return cluster + "/" + generation + "/";
    }

    /** {@code .zst} or {@code .zst.age}. */
    public String suffix() {
        return encryption == ClusterIdentity.Encryption.AGE ? ".zst.age" : ".zst";
    }

    /** A file that {@code archive_command} was given. */
    public ObjectKey wal(WalFileName name) {
        if (name instanceof TimelineHistoryName) {
            return ObjectKey.of(historyPrefix() + name + suffix());
        }
        return ObjectKey.of(walPrefix(segment(name)) + name + suffix());
    }

    /** The file that stands at a key; empty if none can. Asked for each name in a listing of millions. */
    public Optional<WalFileName> walFileAt(ObjectKey key) {
        String last = key.lastPart();
        return last.endsWith(suffix())
                ? WalFileName.tryParse(last.substring(0, last.length() - suffix().length()))
                        .filter(name -> stands(name, key.value(), last))
                : Optional.empty();
    }

    /** Whether a file's key is that one, which ends as it must; without making the file's key. */
    private boolean stands(WalFileName name, String key, String last) {
        if (name instanceof TimelineHistoryName) {
            return key.equals(historyPrefix() + last);
        }
        String prefix = walPrefix();
        int timeline = prefix.length();
        int log = timeline + 9;
        return key.length() == log + 9 + last.length()
                && key.startsWith(prefix)
                && key.regionMatches(timeline, last, 0, 8)
                && key.charAt(log - 1) == '/'
                && key.regionMatches(log, last, 8, 8)
                && key.charAt(log + 8) == '/';
    }

    private static WalSegmentName segment(WalFileName name) {
        if (name instanceof WalSegmentName segment) {
            return segment;
        }
        if (name instanceof PartialSegmentName partial) {
            return partial.segment();
        }
        return ((BackupHistoryName) name).segment();
    }

    /** Where all history files stand. */
    public String historyPrefix() {
        return root() + "history/";
    }

    /** Where all segments of a timeline stand. */
    public String walPrefix(TimelineId timeline) {
        return root() + "wal/" + timeline.hex() + "/";
    }

    /** Where the segments that share the log number of {@code segment} stand. */
    public String walPrefix(WalSegmentName segment) {
        return walPrefix(segment.timeline()) + segment.toString().substring(8, 16) + "/";
    }

    /** Where all WAL stands. */
    public String walPrefix() {
        return root() + "wal/";
    }

    /**
     * Where a segment is kept that was refused because its WAL is broken: evidence, never taken for the segment.
     *
     * @param sha256 of the file, in hexadecimal
     */
    public ObjectKey broken(WalSegmentName name, String sha256) {
        return ObjectKey.of(brokenPrefix() + name + "." + sha256 + suffix());
    }

    /** A segment that was refused, and the digest of its file. */
    public record Refused(WalSegmentName segment, String sha256) {}

    /** Which refused segment stands at a key; empty if none can. */
    public Optional<Refused> refusedAt(ObjectKey key) {
        Matcher place = REFUSED.matcher(key.value());
        return place.find()
                ? WalSegmentName.tryParse(place.group(1))
                        .map(segment -> new Refused(segment, place.group(2)))
                        .filter(refused ->
                                broken(refused.segment(), refused.sha256()).equals(key))
                : Optional.empty();
    }

    /** Where all refused segments stand. */
    public String brokenPrefix() {
        return root() + "broken/";
    }

    /**
     * What several segments tell, together.
     *
     * @param segments how many
     * @param first of them
     */
    public ObjectKey rollUp(int segments, WalSegmentName first) {
        return ObjectKey.of(rollUpPrefix(segments, first.timeline()) + first + suffix());
    }

    /** A roll-up: how many segments it tells of, and the first of them. */
    public record RollUpObject(int segments, WalSegmentName first) {}

    /** Which roll-up stands at a key; empty if none can that is known here. */
    public Optional<RollUpObject> rollUpAt(ObjectKey key) {
        Matcher place = ROLL_UP.matcher(key.value());
        if (!place.find()) {
            return Optional.empty();
        }
        int segments = Integer.parseInt(place.group(1));
        return WalSegmentName.tryParse(place.group(2))
                .map(first -> new RollUpObject(segments, first))
                .filter(found -> rollUp(found.segments(), found.first()).equals(key));
    }

    /** Where all roll-ups of so many segments of a timeline stand. */
    public String rollUpPrefix(int segments, TimelineId timeline) {
        return indexPrefix() + timeline.hex() + "/" + segments + "/";
    }

    /** Where the WAL index stands. */
    public String indexPrefix() {
        return root() + "index/";
    }

    /** A piece of a segment that is not archived yet: the WAL from {@code from} up to {@code to}. */
    public ObjectKey piece(TimelineId timeline, Lsn from, Lsn to) {
        return ObjectKey.of(streamPrefix(timeline) + range(from, to) + suffix());
    }

    /** A range of WAL in a name: such names order as their beginnings do. */
    public static String range(Lsn from, Lsn to) {
        return "%016X-%016X".formatted(from.value(), to.value());
    }

    /** Where all pieces of a timeline stand. */
    public String streamPrefix(TimelineId timeline) {
        return streamPrefix() + timeline.hex() + "/";
    }

    /** Where all pieces stand. */
    public String streamPrefix() {
        return root() + "stream/";
    }

    /** The names of a cluster's relations as of a position, captured between backups. */
    public record CapturedNames(TimelineId timeline, Lsn lsn, String sha256) {}

    /** Where the names stand that were captured at a position. */
    public ObjectKey capturedNames(CapturedNames names) {
        return ObjectKey.of(capturedNamesPrefix()
                + "%s/%016X.%s".formatted(names.timeline().hex(), names.lsn().value(), names.sha256())
                + suffix());
    }

    /** Whose names stand at a key; empty if none can. */
    public Optional<CapturedNames> capturedNamesAt(ObjectKey key) {
        Matcher place = NAMES.matcher(key.value());
        if (!place.find()) {
            return Optional.empty();
        }
        CapturedNames found = new CapturedNames(
                new TimelineId(Long.parseLong(place.group(1), 16)),
                new Lsn(Long.parseUnsignedLong(place.group(2), 16)),
                place.group(3));
        return Optional.of(found).filter(names -> capturedNames(names).equals(key));
    }

    /** Where all names stand that were captured between backups. */
    public String capturedNamesPrefix() {
        return root() + "catalog/";
    }

    /** What no piece's key that begins before {@code lsn} comes behind, and all others do. */
    public ObjectKey beforePieces(TimelineId timeline, Lsn lsn) {
        return ObjectKey.of(streamPrefix(timeline) + "%016X".formatted(lsn.value()));
    }

    /** Where all backups stand. */
    public String backupPrefix() {
        return root() + "backup/";
    }

    /** Where all objects of a backup stand; {@code id} is a backup's identifier. */
    public String backupPrefix(String id) {
        return backupPrefix() + id + "/";
    }

    /** What makes a backup one: written last, deleted first. */
    public ObjectKey manifest(String id) {
        return ObjectKey.of(backupPrefix(id) + "manifest.jsonl" + suffix());
    }

    /** The names of the relations that a backup holds. */
    public ObjectKey catalog(String id) {
        return ObjectKey.of(backupPrefix(id) + "catalog.jsonl" + suffix());
    }

    /**
     * An object of a lane.
     *
     * @param lane counted from 0
     * @param sequence counted from 0 within the lane
     */
    public ObjectKey data(String id, int lane, int sequence) {
        return ObjectKey.of(backupPrefix(id) + "data/%04d/%06d.tar".formatted(lane, sequence) + suffix());
    }

    /** A lane's object by its place: lane and sequence, both counted from 0. */
    public record DataObject(int lane, int sequence) {}

    /** Which object of a backup's lanes stands at a key; empty if none can. */
    public Optional<DataObject> dataAt(String id, ObjectKey key) {
        Matcher place = DATA.matcher(key.value());
        if (!place.find()) {
            return Optional.empty();
        }
        DataObject object = new DataObject(Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2)));
        return Optional.of(object).filter(o -> data(id, o.lane(), o.sequence()).equals(key));
    }

    /** Whether an object below a backup's prefix is one that is known here; what a newer version puts there is not. */
    public boolean isKnown(String id, ObjectKey key) {
        return key.equals(manifest(id))
                || key.equals(catalog(id))
                || dataAt(id, key).isPresent();
    }

    /** Whether a key is that of a backup's manifest, whatever version wrote it, in whatever format. */
    public boolean isManifest(String id, ObjectKey key) {
        return key.value().startsWith(backupPrefix(id) + "manifest");
    }

    /**
     * Where it is recorded which parts of a sampled verification are done.
     *
     * @param scope what is verified
     * @param parts into how many parts it is divided
     */
    public String samplePrefix(String scope, int parts) {
        return samplePrefix() + scope + "/" + parts + "/";
    }

    /**
     * A record of a sampled verification.
     *
     * @param round counted from 0; a round is over when each part is done
     * @param part from 0 to {@code parts - 1}
     * @param state {@code claimed} or {@code done}
     */
    public ObjectKey sample(String scope, int parts, int round, int part, String state) {
        return ObjectKey.of(samplePrefix(scope, parts) + "%08d/%03d.%s".formatted(round, part, state));
    }

    /** Where all records of sampled verifications stand. */
    public String samplePrefix() {
        return root() + "verify/";
    }

    /** A record of a sampled verification, as {@link #sample} has it. */
    public record SampleRecord(String scope, int parts, int round, int part, String state) {}

    /** Which record of a sampled verification stands at a key; empty if none can. */
    public Optional<SampleRecord> sampleAt(ObjectKey key) {
        Matcher place = SAMPLE.matcher(key.value());
        if (!place.find()) {
            return Optional.empty();
        }
        SampleRecord found = new SampleRecord(
                place.group(1),
                Integer.parseInt(place.group(2)),
                Integer.parseInt(place.group(3)),
                Integer.parseInt(place.group(4)),
                place.group(5));
        return Optional.of(found)
                .filter(sample -> sample(sample.scope(), sample.parts(), sample.round(), sample.part(), sample.state())
                        .equals(key));
    }

    /** Where measurements of a kind stand, by the times at which they were made. */
    public String measuredPrefix(String kind) {
        return root() + "measured/" + kind + "/";
    }

    public ObjectKey lease(String name) {
        return ObjectKey.of(leasePrefix() + name);
    }

    /** Where all leases stand. */
    public String leasePrefix() {
        return root() + "lease/";
    }

    /** Somebody's word that a backup stays. */
    public ObjectKey pin(String id) {
        return ObjectKey.of(pinPrefix() + id);
    }

    /** Where all pins stand. */
    public String pinPrefix() {
        return root() + "pin/";
    }
}
