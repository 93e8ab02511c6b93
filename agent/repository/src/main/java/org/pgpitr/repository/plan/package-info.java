/**
 * The recovery planner: from facts (backups, timeline histories, names of archived segments) to the backup, the
 * timeline path and the WAL that a recovery to a target takes, or to the reason why it can't be reached and the nearest
 * moments that can. {@link org.pgpitr.repository.plan.RecoveryPlanner} is a pure function; only {@link
 * org.pgpitr.repository.plan.RecoveryFactsReader} reads the repository.
 *
 * <p>The jobs of the service and the command line may depend on it.
 */
package org.pgpitr.repository.plan;
