package org.pgpitr.repository.index;

import java.util.Optional;
import org.pgpitr.postgres.wal.TransactionEnd;

/**
 * Where a recovery to a time stops: at the first end of a transaction, in the order of the WAL, that is later.
 *
 * @param lastIncluded the last commit before that; empty if there is none in the WAL that was looked at
 * @param firstLeftOut that commit or abort; empty if there is none yet: PostgreSQL then fails at the end of the WAL
 */
public record TimeStop(Optional<TransactionEnd> lastIncluded, Optional<TransactionEnd> firstLeftOut) {}
