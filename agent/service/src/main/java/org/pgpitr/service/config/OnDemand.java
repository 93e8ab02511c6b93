package org.pgpitr.service.config;

/** Which of PostgreSQL's hooks start an agent where none runs. */
public enum OnDemand {
    NEVER,
    /** {@code archive-get}, during a recovery. */
    RECOVERY,
    /** {@code archive-push} as well. */
    ALWAYS
}
