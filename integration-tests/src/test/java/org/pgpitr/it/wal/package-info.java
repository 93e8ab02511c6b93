/** WAL that real servers of every major wrote, read back and compared with what the servers say. */
package org.pgpitr.it.wal;
