/** Keeps a lease alive while a job runs ({@link org.pgpitr.service.lease.Heartbeat}). All jobs may depend on it. */
package org.pgpitr.service.lease;
