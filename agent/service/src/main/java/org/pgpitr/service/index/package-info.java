/**
 * The WAL index, kept up beside other work: by the agent from what it archives, by jobs from what is archived.
 *
 * <p>The agent, jobs and the command line may depend on it.
 */
package org.pgpitr.service.index;
