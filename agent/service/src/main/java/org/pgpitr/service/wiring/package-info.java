/**
 * From a configuration to what the jobs work with: stores, repositories, keys, the server. The only place that picks a
 * vendor. The command line may depend on it.
 */
package org.pgpitr.service.wiring;
