package org.pgpitr.service.verify;

/** How deep a verification looks. */
public sealed interface Depth {
    /** Names, sizes and manifests; no content. */
    record Quick() implements Depth {
        @Override
        public String toString() {
            return "quick";
        }
    }

    /**
     * As {@link Quick}, and the content of one part of everything; so many runs see all.
     *
     * @param parts from 2 to 100
     */
    record Sample(int parts) implements Depth {
        public Sample {
            if (parts < 2 || parts > 100) {
                throw new IllegalArgumentException("not from 2 to 100 parts: " + parts);
            }
        }

        @Override
        public String toString() {
            return "sample";
        }
    }

    /** As {@link Quick}, and all content. */
    record Full() implements Depth {
        @Override
        public String toString() {
            return "full";
        }
    }

    /** A sample of at least so many percent, 1 to 50. */
    static Depth sample(int percent) {
        return new Sample((100 + percent - 1) / percent);
    }
}
