package org.pgpitr.storage.s3;

import java.time.Instant;

/**
 * An object as a listing names it.
 *
 * @param key S3's, with the prefix
 * @param length in bytes
 * @param tag its entity tag as it came; empty if none did
 * @param modified the epoch if the listing does not tell
 */
record ListedObject(String key, long length, String tag, Instant modified) {}
