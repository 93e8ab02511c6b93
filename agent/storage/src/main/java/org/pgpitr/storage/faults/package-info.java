/**
 * Makes a store fail on purpose, at a chosen call. For the tests of this and other modules: production code never
 * wires it.
 */
package org.pgpitr.storage.faults;
