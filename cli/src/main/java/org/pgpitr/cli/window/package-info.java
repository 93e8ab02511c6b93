/** The window for people, for programs and for monitoring. */
package org.pgpitr.cli.window;
