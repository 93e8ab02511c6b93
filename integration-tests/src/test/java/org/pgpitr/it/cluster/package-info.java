/** The live server's side on real servers. */
package org.pgpitr.it.cluster;
