/**
 * Base backups as they stand in the repository: lanes of tar, compressed in frames and cut into objects ({@link
 * org.pgpitr.repository.backup.LaneWriter}), and the manifest that makes them a backup ({@link
 * org.pgpitr.repository.backup.ManifestWriter}). The service takes and restores backups through it; the planner and the
 * command line read summaries.
 *
 * <p>Depends on the codec, the layout and storage; touches no data directory.
 */
package org.pgpitr.repository.backup;
