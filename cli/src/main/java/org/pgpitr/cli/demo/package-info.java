/**
 * `pgpitr demo`, and what it needs to run PostgreSQL servers of its own: embedded or installed binaries ({@link
 * org.pgpitr.cli.demo.PostgresBinaries}), a server ({@link org.pgpitr.cli.demo.PostgresInstance}), and the user it runs
 * as ({@link org.pgpitr.cli.demo.ServerUser}). The scenario tests run their servers with the same three; nothing else
 * may depend on this package.
 */
package org.pgpitr.cli.demo;
