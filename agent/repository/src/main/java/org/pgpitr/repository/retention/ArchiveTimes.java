package org.pgpitr.repository.retention;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgpitr.postgres.TimelineId;

/** When the files of each timeline were archived, by the store's clock, to the second. 16 bytes a segment. */
public final class ArchiveTimes {
    private final Map<TimelineId, Files> timelines;

    private ArchiveTimes(Map<TimelineId, Files> timelines) {
        this.timelines = timelines;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** When the last file of a timeline was archived, its history included; empty if there is none. */
    public Optional<Instant> last(TimelineId timeline) {
        return Optional.ofNullable(timelines.get(timeline)).map(files -> Instant.ofEpochSecond(files.last));
    }

    /** Whether anything of a timeline was archived at that moment or later. */
    public boolean isWrittenSince(TimelineId timeline, Instant since) {
        return last(timeline)
                .filter(last -> last.getEpochSecond() >= since.getEpochSecond())
                .isPresent();
    }

    /** The lowest segment of a timeline, whole or partial, that was archived at that moment or later. */
    public OptionalLong firstSegmentSince(TimelineId timeline, Instant since) {
        Files files = timelines.getOrDefault(timeline, new Files());
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < files.count; i++) {
            if (files.seconds[i] >= since.getEpochSecond()) {
                lowest = Math.min(lowest, files.segments[i]);
            }
        }
        return lowest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(lowest);
    }

    private static final class Files {
        private long[] segments = new long[16];
        private long[] seconds = new long[16];
        private int count;
        private long last = Long.MIN_VALUE;

        void add(long segment, long second) {
            if (count == segments.length) {
                segments = Arrays.copyOf(segments, count * 2);
                seconds = Arrays.copyOf(seconds, count * 2);
            }
            segments[count] = segment;
            seconds[count] = second;
            count++;
            last = Math.max(last, second);
        }
    }

    /** Collects them, in any order. */
    public static final class Builder {
        private final Map<TimelineId, Files> timelines = new HashMap<>();

        private Builder() {}

        /** A segment, whole or partial. */
        public Builder segment(TimelineId timeline, long segment, Instant archived) {
            files(timeline).add(segment, archived.getEpochSecond());
            return this;
        }

        /** The history file of a timeline. */
        public Builder history(TimelineId timeline, Instant archived) {
            Files files = files(timeline);
            files.last = Math.max(files.last, archived.getEpochSecond());
            return this;
        }

        private Files files(TimelineId timeline) {
            return timelines.computeIfAbsent(timeline, t -> new Files());
        }

        public ArchiveTimes build() {
            return new ArchiveTimes(Map.copyOf(timelines));
        }
    }
}
