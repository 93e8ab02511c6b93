/**
 * Deletes what the retention policy does not keep ({@link org.pgpitr.service.expire.ExpireTask}). What that is, {@link
 * org.pgpitr.repository.retention.RetentionPlanner} decides.
 */
package org.pgpitr.service.expire;
