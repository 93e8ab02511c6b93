package org.pgpitr.service.config;

import java.nio.file.Path;

/** Where a value came from. {@code toString} is for people. */
public sealed interface Origin {
    /** Nobody said anything. */
    record Standard() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /**
     * The configuration file.
     *
     * @param line counted from 1
     */
    record File(Path file, int line) implements Origin {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /** An environment variable. */
    record Variable(String name) implements Origin {
        @Override
        public String toString() {
            return name;
        }
    }

    /** An option of the command line. */
    record Flag(String name) implements Origin {
        @Override
        public String toString() {
            return name;
        }
    }
}
