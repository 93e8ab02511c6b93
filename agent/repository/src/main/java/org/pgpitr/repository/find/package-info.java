/**
 * What happened: reads the archived WAL of a stretch of time or of the WAL, adds up what each transaction did, names the
 * relations, and ranks the commits so that the incident comes first. {@link org.pgpitr.repository.find.IncidentSearch} is
 * the way in.
 *
 * <p>The command line may depend on it.
 */
package org.pgpitr.repository.find;
