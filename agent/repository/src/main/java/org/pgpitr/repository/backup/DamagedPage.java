package org.pgpitr.repository.backup;

/**
 * A page whose checksum was wrong when the backup read it.
 *
 * @param path the file, relative to the data directory
 * @param block the page's number within the relation's fork, over all its segment files
 */
public record DamagedPage(String path, long block) {}
