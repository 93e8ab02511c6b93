/**
 * PostgreSQL's vocabulary, each word a type, and the file formats a recovery rests on: WAL file names and page
 * headers, {@code pg_control}, {@code backup_label}, timeline histories, page checksums.
 *
 * <p>Pure functions over bytes and text: nothing here opens a file or a connection, and nothing here knows about
 * storage. Every module may depend on it; it depends on the JDK only.
 */
package org.pgpitr.postgres;
