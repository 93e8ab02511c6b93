/**
 * The WAL index: what archived segments tell of themselves, read by the hundred thousand. A cache: whether a segment is
 * there is decided by the archive's listing alone, and all that the index knows can be made again from WAL.
 *
 * <p>The planner and the jobs of the service may depend on it.
 */
package org.pgpitr.repository.index;
