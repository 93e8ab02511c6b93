/** Groups of options that several commands share, and what they mean. Commands depend on it. */
package org.pgpitr.cli.option;
