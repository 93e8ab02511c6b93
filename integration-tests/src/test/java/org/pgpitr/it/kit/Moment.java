package org.pgpitr.it.kit;

import java.util.Map;

/**
 * A commit on the source, and all there is to aim at it.
 *
 * @param label of the row it wrote
 * @param xid of the transaction
 * @param time of the commit, as PostgreSQL prints it, with its zone
 * @param lsn where the commit record begins
 * @param content of all tables right after it
 */
public record Moment(String label, long xid, String time, String lsn, Map<String, String> content) {}
