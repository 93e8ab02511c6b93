/** A store in memory: for tests, and as the plainest reading of the contract. */
package org.pgpitr.storage.memory;
