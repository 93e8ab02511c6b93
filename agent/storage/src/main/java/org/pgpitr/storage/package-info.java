/**
 * Where bytes are kept: the {@link org.pgpitr.storage.ObjectStore} contract, its decorators, and the stores that need
 * no vendor. Nothing here names PostgreSQL.
 */
package org.pgpitr.storage;
