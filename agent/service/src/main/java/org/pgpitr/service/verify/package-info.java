/**
 * Verifies a repository: everything that a recovery would need, by names and headers, and down to content. Changes
 * nothing but the small records of a sampled verification.
 *
 * <p>The command line may depend on it.
 */
package org.pgpitr.service.verify;
