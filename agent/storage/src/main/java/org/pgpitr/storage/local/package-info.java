/** A store on a local or mounted file system. */
package org.pgpitr.storage.local;
