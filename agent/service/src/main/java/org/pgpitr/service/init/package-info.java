/**
 * Makes a cluster's place in its repositories and records whose it is; opens a new generation after a major upgrade.
 *
 * <p>The command line and the demo use it. It depends on the repository and on the live server's facts.
 */
package org.pgpitr.service.init;
