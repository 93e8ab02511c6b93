/** How results, errors and progress are shown to people and to programs. Commands depend on it. */
package org.pgpitr.cli.output;
