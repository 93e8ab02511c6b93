/**
 * The command line. {@link org.pgpitr.cli.Main} is where it begins; each command is a file of {@code command}, which
 * takes its options from {@code option}, prints through {@code output}, and knows the world only by the environment it
 * was given ({@code terminal}). {@link org.pgpitr.cli.Cli} is the one place that makes an exit status of a failure.
 */
package org.pgpitr.cli;
