/**
 * How long restores and replays took, and how long the next ones will take by that. Written by whoever restores or
 * recovers, as far as it may write; read by whoever plans.
 */
package org.pgpitr.repository.measured;
