/**
 * The names of relations, read from the live server: with a backup, and by the agent when the WAL shows that relations
 * came. WAL has numbers only.
 *
 * <p>The backup, the agent and the command line may depend on it.
 */
package org.pgpitr.service.catalog;
