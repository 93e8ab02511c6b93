/** Base backups of real servers, taken through the service's API. */
package org.pgpitr.it.backup;
