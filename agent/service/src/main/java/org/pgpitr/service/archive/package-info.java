/**
 * What PostgreSQL calls: {@code archive_command} and {@code restore_command}, for local files, in every configured
 * repository.
 *
 * <p>The command line depends on it. It depends on the repository and on the file formats; it needs no server.
 */
package org.pgpitr.service.archive;
