/**
 * How objects are encoded: zstd, then age in an encrypted generation; the digest that can be read without a key; and
 * the files that hold age identities.
 *
 * <p>Everything that reads or writes a repository's objects may depend on it. It knows neither keys of objects nor what
 * the objects mean.
 */
package org.pgpitr.repository.codec;
