/** WAL over the replication protocol, from real servers. */
package org.pgpitr.it.stream;
