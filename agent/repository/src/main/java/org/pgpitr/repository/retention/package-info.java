/**
 * Retention: from facts (backups, pins, histories, archived WAL, who reads what, the time) and a policy to a plan that
 * says what goes, what stays, and why each thing stays. {@link org.pgpitr.repository.retention.RetentionPlanner} is a pure
 * function; only {@link org.pgpitr.repository.retention.RetentionFactsReader} and {@link
 * org.pgpitr.repository.retention.Pins} touch the repository.
 *
 * <p>The jobs of the service and the command line may depend on it.
 */
package org.pgpitr.repository.retention;
