package org.pgpitr.storage;

/**
 * What changes whenever an object's content does; only to be compared and given back to the store it came from (an S3
 * entity tag, for example).
 */
public record ObjectVersion(String value) {}
