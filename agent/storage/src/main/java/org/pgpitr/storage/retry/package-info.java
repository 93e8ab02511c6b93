/** The one place that repeats failed calls; a backend only says whether a failure may be retried. */
package org.pgpitr.storage.retry;
