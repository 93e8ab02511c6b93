/** What {@code plan} and {@code restore} share: targets as people give them, the plan's page, what comes after. */
package org.pgpitr.cli.recovery;
