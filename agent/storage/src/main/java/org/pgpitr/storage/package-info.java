/**
 * Where bytes are kept: the {@link org.pgpitr.storage.ObjectStore} contract and what every store needs to keep it; in
 * packages below, the stores that need no vendor and the decorators. Nothing here names PostgreSQL. Everything that
 * reads or writes a repository depends on this package; it depends on nothing of ours.
 */
package org.pgpitr.storage;
