package org.pgpitr.service;

/**
 * Hears how a long job gets on. Methods may be called from several threads at once and return quickly.
 */
public interface Progress {
    /** Hears nothing. */
    Progress NONE = new Progress() {
        @Override
        public void begin(String what, long totalBytes) {}

        @Override
        public void advance(long bytes) {}

        @Override
        public void end() {}

        @Override
        public void say(String line) {}
    };

    /**
     * A step of known size begins.
     *
     * @param what what is done, such as {@code copying}
     * @param totalBytes the size of the whole step; a later {@link #advance} may go over it
     */
    void begin(String what, long totalBytes);

    /** So many bytes more are done. */
    void advance(long bytes);

    /** The step that was begun is done, or given up. */
    void end();

    /** One line about something worth knowing: what is waited for, what was found. */
    void say(String line);
}
