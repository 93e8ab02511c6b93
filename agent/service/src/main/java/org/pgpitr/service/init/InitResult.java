package org.pgpitr.service.init;

import org.pgpitr.repository.ClusterIdentity;

/**
 * What init did in one repository.
 *
 * @param location of the repository, for people
 */
public record InitResult(String location, Outcome outcome, ClusterIdentity identity) {
    /** What was there before decides what is done. */
    public enum Outcome {
        /** The cluster had no place there; it has now. */
        CREATED,
        /** The same cluster had its place there; nothing was changed. */
        ALREADY_THERE,
        /** A new generation was opened under the same name; the old one stays restorable. */
        UPGRADED
    }
}
