/** The commands, one a file. Only {@code org.pgpitr.cli.Commands} knows them all. */
package org.pgpitr.cli.command;
