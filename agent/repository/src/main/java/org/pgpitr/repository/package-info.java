/**
 * The repository: where each object stands ({@link org.pgpitr.repository.RepositoryLayout}), whose it is ({@link
 * org.pgpitr.repository.ClusterIdentity}), and in packages below it the codec, the WAL archive, the backups and the
 * recovery planner. Format v1 is described in {@code docs/repository-format.md}.
 *
 * <p>Depends on the PostgreSQL vocabulary and on storage; knows no server and no vendor.
 */
package org.pgpitr.repository;
