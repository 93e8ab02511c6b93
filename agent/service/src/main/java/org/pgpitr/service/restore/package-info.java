/**
 * Rebuilding a data directory from a backup, so that a server started in it recovers to the target of a plan ({@link
 * org.pgpitr.service.restore.RestoreTask}). Needs no server; the command line uses it.
 */
package org.pgpitr.service.restore;
