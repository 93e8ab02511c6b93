/**
 * What a stream brought of the segment that is still being written: pieces, each stored once under the range of WAL it
 * holds, and put together into a segment when the segment itself is not archived. The format stands in
 * {@code docs/repository-format.md}.
 *
 * <p>The receiver of the service, {@code archive-get} and the recovery planner may depend on it.
 */
package org.pgpitr.repository.stream;
