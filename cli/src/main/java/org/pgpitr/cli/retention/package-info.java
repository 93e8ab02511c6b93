/** How a retention plan and what came of it are shown. Commands depend on it. */
package org.pgpitr.cli.retention;
