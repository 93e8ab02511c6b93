/**
 * The receiver of a server's WAL: over the replication protocol, with a slot of its own, into every configured
 * repository; pieces of the segment that is being written, then the segment itself, as {@code archive-push} stores it.
 *
 * <p>The command line and the agent may depend on it.
 */
package org.pgpitr.service.stream;
