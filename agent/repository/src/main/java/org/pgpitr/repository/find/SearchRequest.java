package org.pgpitr.repository.find;

import java.util.Optional;
import org.pgpitr.postgres.TimelineId;

/**
 * What is asked.
 *
 * @param range which commits are looked at
 * @param filter which of them are wanted
 * @param limit how many are told, the worst first; at least 1
 * @param timeline along which timeline; empty: the newest
 */
public record SearchRequest(SearchRange range, SearchFilter filter, int limit, Optional<TimelineId> timeline) {}
