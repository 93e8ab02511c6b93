/** The test kit: servers of every major, and what a scenario is written with. For tests of this module only. */
package org.pgpitr.it.kit;
