package org.pgpitr.storage.s3;

import java.util.List;
import java.util.Optional;

/**
 * A page of a listing.
 *
 * @param next where the next page begins, in S3's words; empty if this is the last one
 */
record ListPage(List<ListedObject> objects, Optional<String> next) {}
