/** The world around a command: its streams, variables, clock and terminal, to be put in by tests. */
package org.pgpitr.cli.terminal;
