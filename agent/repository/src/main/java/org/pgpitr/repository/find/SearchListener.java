package org.pgpitr.repository.find;

/** Hears how far a search has got. */
public interface SearchListener {
    /** Hears nothing. */
    SearchListener NONE = new SearchListener() {
        @Override
        public void locating() {}

        @Override
        public void reading(long segments) {}

        @Override
        public void read() {}
    };

    /** Looking for where to begin, which reads some segments here and there. */
    void locating();

    /** The reading begins. */
    void reading(long segments);

    /** One segment more is read. */
    void read();
}
