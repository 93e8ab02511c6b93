/** Counts and times what is asked of a store. */
package org.pgpitr.storage.metrics;
