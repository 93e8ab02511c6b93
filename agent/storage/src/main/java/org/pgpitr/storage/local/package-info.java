/** A store on a local or mounted file system. Used only where stores are wired, and by tests. */
package org.pgpitr.storage.local;
