/** {@code init} with real servers, and with their data directories alone. */
package org.pgpitr.it.init;
