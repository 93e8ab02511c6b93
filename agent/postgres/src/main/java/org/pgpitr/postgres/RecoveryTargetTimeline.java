package org.pgpitr.postgres;

/** Which timeline a recovery follows ({@code recovery_target_timeline}). */
public sealed interface RecoveryTargetTimeline {
    /** The newest timeline that the archive knows and that the backup can reach. */
    record Latest() implements RecoveryTargetTimeline {
        @Override
        public String toString() {
            return "latest";
        }
    }

    /** The timeline the backup was taken on. */
    record Current() implements RecoveryTargetTimeline {
        @Override
        public String toString() {
            return "current";
        }
    }

    /** A timeline by its number. */
    record Numbered(TimelineId timeline) implements RecoveryTargetTimeline {
        @Override
        public String toString() {
            return timeline.toString();
        }
    }

    /**
     * Reads what {@code recovery_target_timeline} takes: {@code latest}, {@code current} or a number, decimal or
     * hexadecimal after {@code 0x}.
     *
     * @throws InvalidFormatException for any other text
     */
    static RecoveryTargetTimeline parse(String text) {
        return switch (text) {
            case "latest" -> new Latest();
            case "current" -> new Current();
            default ->
                new Numbered(
                        text.matches("0[xX][0-9a-fA-F]{1,8}")
                                ? new TimelineId(Long.parseLong(text.substring(2), 16))
                                : TimelineId.parse(text));
        };
    }
}
