/**
 * Tells whether a cluster can be recovered: looks at the server's settings, the repository and the way from one to the
 * other, and reports one finding a line.
 *
 * <p>The command line uses it. It depends on the repository, the live server and on {@code init}'s facts.
 */
package org.pgpitr.service.check;
