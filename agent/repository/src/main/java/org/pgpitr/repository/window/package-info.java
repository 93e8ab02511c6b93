/**
 * What can be recovered, told from a repository: reads what {@link org.pgpitr.repository.plan.WindowPlanner} rests on, and
 * looks up in the WAL index what happened in each interval. {@link org.pgpitr.repository.window.WindowReader} is the way
 * in.
 *
 * <p>The jobs of the service and the command line may depend on it.
 */
package org.pgpitr.repository.window;
