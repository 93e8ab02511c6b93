package org.pgpitr.cli.terminal;

import java.util.Optional;

/** What a person sits at, if any. */
public interface Terminal {
    /** No person: a script, a service, PostgreSQL. */
    Terminal NONE = new Terminal() {
        @Override
        public boolean showsOut() {
            return false;
        }

        @Override
        public boolean showsErr() {
            return false;
        }

        @Override
        public int width() {
            return 100;
        }

        @Override
        public Optional<char[]> askSecret(String question) {
            return Optional.empty();
        }
    };

    /** Whether the standard output goes there. */
    boolean showsOut();

    /** Whether the standard error output goes there. */
    boolean showsErr();

    /** In columns; a sensible number where there is no terminal. */
    int width();

    /** Asks without an echo; empty where nobody can be asked. The caller wipes the answer. */
    Optional<char[]> askSecret(String question);
}
