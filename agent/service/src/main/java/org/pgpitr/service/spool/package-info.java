/**
 * Where an agent leaves word for PostgreSQL's hooks: status files, never WAL. Losing it loses nothing; the launcher reads
 * it with shell built-ins alone. The agent and the command line depend on it; it depends on the JDK and the errors.
 */
package org.pgpitr.service.spool;
