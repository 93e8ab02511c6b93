/**
 * The names of a cluster's relations, captured with each backup, since WAL knows numbers only: how they are stored below
 * the backup ({@code docs/repository-format.md}), and how they are looked up in bounded memory.
 *
 * <p>Backups write it; what tells of WAL to people reads it.
 */
package org.pgpitr.repository.catalog;
