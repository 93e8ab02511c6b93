/**
 * The one place that repeats failed calls; a backend only says whether a failure may be retried. Used only where stores
 * are wired.
 */
package org.pgpitr.storage.retry;
