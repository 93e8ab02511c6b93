/** Counts and times what is asked of a store. Used only where stores are wired. */
package org.pgpitr.storage.metrics;
