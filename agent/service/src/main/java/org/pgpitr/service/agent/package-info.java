/**
 * The resident agent: what runs beside the server for as long as it does. It keeps no state that correctness needs;
 * killed at any point, nothing is lost or stuck.
 *
 * <p>The command line depends on it. A part of it that has its own life is an {@link
 * org.pgpitr.service.agent.AgentComponent}.
 */
package org.pgpitr.service.agent;
