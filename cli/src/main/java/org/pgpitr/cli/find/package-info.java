/** What `pgpitr find` prints: what was found, for people and for programs, and the options that recover around it. */
package org.pgpitr.cli.find;
