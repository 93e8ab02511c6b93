/**
 * A store in memory: for tests, and as the plainest reading of the contract. Depends on the contract alone; the tests of
 * any module may use it.
 */
package org.pgpitr.storage.memory;
