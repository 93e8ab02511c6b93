/**
 * The WAL archive of a generation: segments, partial segments, timeline histories and backup history files, each stored
 * once and verified whenever it is read.
 *
 * <p>The jobs of the service and the recovery planner may depend on it.
 */
package org.pgpitr.repository.archive;
