package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.stream.StreamedSegment;

/**
 * Of the streams that several repositories hold of one segment, the one that goes furthest. All have to answer, since
 * the one that does not may hold more; and all have to agree as far as they go.
 */
final class LongestStream {
    private LongestStream() {}

    /** Empty if no repository holds pieces of the segment. The caller closes it. */
    static Optional<StreamedSegment> of(WalSegmentName segment, Path place, List<Generation> generations) {
        List<StreamedSegment> all = new ArrayList<>();
        StreamedSegment longest = null;
        try {
            for (Generation generation : generations) {
                new StreamArchive(generation).assemble(segment, place).ifPresent(all::add);
            }
            for (StreamedSegment each : all) {
                each.requireAgreement(all.get(0));
            }
            longest = all.stream().max((a, b) -> a.end().compareTo(b.end())).orElse(null);
        } finally {
            for (StreamedSegment each : all) {
                if (each != longest) {
                    each.close();
                }
            }
        }
        return Optional.ofNullable(longest);
    }
}
