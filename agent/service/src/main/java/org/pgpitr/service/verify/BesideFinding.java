package org.pgpitr.service.verify;

import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.storage.ObjectKey;

/** Findings about what no recovery needs: the index, names of relations, WAL that was refused. */
public sealed interface BesideFinding extends Finding {
    /** An object is not what was stored there. */
    sealed interface Damaged extends BesideFinding permits IndexDamaged, SummaryDamaged, NamesDamaged, EvidenceDamaged {
        ObjectKey object();

        String how();

        @Override
        default Severity severity() {
            return Severity.MINOR;
        }

        @Override
        default String subject() {
            return object().value();
        }

        @Override
        default String message() {
            return how().contains(object().value()) ? how() : "object " + object() + " is damaged: " + how();
        }

        @Override
        default Map<String, Object> details() {
            return Details.with("object", object().value()).end();
        }
    }

    /** A roll-up of the index can't be read, or tells other things than the segments. */
    record IndexDamaged(ObjectKey object, String how) implements Damaged {
        @Override
        public String kind() {
            return "index_damaged";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("the index is made of the WAL and can be made again: delete the object and run `pgpitr"
                    + " index rebuild`");
        }
    }

    /** What stands beside a segment's WAL in its object is not the summary of that WAL. */
    record SummaryDamaged(ObjectKey object, String how) implements Damaged {
        @Override
        public String kind() {
            return "summary_damaged";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of(
                    "no recovery is concerned: the segment's WAL is sound; what `pgpitr window`, `plan` and `find`"
                            + " tell of it may be wrong. If another repository holds the object, put that one in its place");
        }
    }

    /** Names of relations can't be read. */
    record NamesDamaged(ObjectKey object, String how) implements Damaged {
        @Override
        public String kind() {
            return "names_damaged";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("no recovery is concerned; `pgpitr find` takes older or newer names, or shows numbers");
        }
    }

    /** A segment that was refused is not any more what it was then. */
    record EvidenceDamaged(ObjectKey object, String how) implements Damaged {
        @Override
        public String kind() {
            return "evidence_damaged";
        }

        @Override
        public Optional<String> hint() {
            return Optional.of("no recovery is concerned: it was kept as evidence only");
        }
    }

    /**
     * A segment was refused since its WAL is broken.
     *
     * @param archived whether an unbroken one is archived by now
     * @param broken where its WAL is broken; empty if that was not looked at, or it can be read by itself
     * @param reason what is broken; empty if that was not looked at
     */
    record WalRefused(
            WalSegmentName segment, ObjectKey object, boolean archived, Optional<Lsn> broken, Optional<String> reason)
            implements BesideFinding {
        @Override
        public String kind() {
            return "wal_refused";
        }

        @Override
        public Severity severity() {
            return Severity.NOTE;
        }

        @Override
        public String subject() {
            return object.value();
        }

        @Override
        public String message() {
            return "a WAL segment " + segment + " was refused, since its WAL is broken, and kept as " + object
                    + reason.map(why -> " (" + why + ")").orElse("") + "; "
                    + (archived ? "an unbroken one is archived" : "no unbroken one is archived");
        }

        @Override
        public Optional<String> hint() {
            return archived
                    ? Optional.empty()
                    : Optional.of("docs/wal-index.md, \"Broken WAL\", tells where an unbroken one may be found");
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("segment", segment.toString())
                    .and("object", object.value())
                    .and("archived", archived)
                    .and("broken_lsn", broken.map(Lsn::toString))
                    .and("reason", reason)
                    .end();
        }

        WalRefused because(Optional<Lsn> where, String why) {
            return new WalRefused(segment, object, archived, where, Optional.of(why));
        }
    }

    /** Pieces of a stream go on behind bytes that no piece holds. */
    record StreamGap(WalSegmentName segment, Lsn from, Lsn to) implements BesideFinding {
        @Override
        public String kind() {
            return "stream_gap";
        }

        @Override
        public Severity severity() {
            return Severity.NOTE;
        }

        @Override
        public String subject() {
            return segment.toString();
        }

        @Override
        public String message() {
            return "of the stream of WAL segment " + segment + " the bytes from " + from + " to " + to
                    + " are missing: what comes behind them in that segment can't be used";
        }

        @Override
        public Optional<String> hint() {
            return Optional.empty();
        }

        @Override
        public Map<String, Object> details() {
            return Details.with("segment", segment.toString())
                    .and("from_lsn", from.toString())
                    .and("to_lsn", to.toString())
                    .end();
        }
    }
}
