/**
 * The configuration: one TOML file, {@code PGPITR_...} variables over it, flags over both. {@link
 * org.pgpitr.service.config.ConfigKeys} knows every key once; parsing, validation, the sample file and {@code
 * docs/configuration.md} follow from it. The command line and {@code org.pgpitr.service.wiring} may depend on it.
 */
package org.pgpitr.service.config;
