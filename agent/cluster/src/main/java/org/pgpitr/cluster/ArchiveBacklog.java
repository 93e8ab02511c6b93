package org.pgpitr.cluster;

import java.time.Duration;

/**
 * What waits for the archiver ({@code *.ready} in {@code pg_wal/archive_status}). It tells what {@link ArchiverStatus}
 * does not: a command that can't be started, or that ends with a status above 125, ends the archiver itself, and is not
 * counted as a failure.
 *
 * @param files how many
 * @param oldest how long the first of them has been waiting, by the server's clock; zero if there is none
 */
public record ArchiveBacklog(long files, Duration oldest) {}
