/**
 * Takes a base backup of a local data directory: checks that it is the server's and that archiving works, copies the
 * files in parallel lanes between {@code pg_backup_start} and {@code pg_backup_stop}, waits for the WAL, and only then
 * writes the manifest. {@link org.pgpitr.service.backup.BackupTask} is the one entrance.
 *
 * <p>Files are read through the file system, in large sequential reads and not over SQL, so PostgreSQL's shared buffers
 * are left alone. The operating system's cache does see the reads: Java has no {@code posix_fadvise}, and direct I/O
 * would bypass pages that the server has written but the kernel has not.
 *
 * <p>The command line may depend on this package.
 */
package org.pgpitr.service.backup;
