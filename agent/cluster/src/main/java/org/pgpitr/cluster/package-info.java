/**
 * The live PostgreSQL server: what it says of itself, the non-exclusive backup API, the switch to the next WAL segment,
 * the archiver's state. The only package that imports pgjdbc.
 *
 * <p>A connection over a host name goes through TCP; a host that begins with {@code /} is the directory of the
 * Unix-domain socket, as in libpq. Services and the command line may depend on this package; it depends on PostgreSQL's
 * vocabulary only.
 */
package org.pgpitr.cluster;
