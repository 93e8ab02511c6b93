/**
 * Leases: who may do what only one may do at a time, decided by the store's conditional writes ({@link
 * org.pgpitr.repository.lease.Lease}). The service and the command line use it.
 */
package org.pgpitr.repository.lease;
