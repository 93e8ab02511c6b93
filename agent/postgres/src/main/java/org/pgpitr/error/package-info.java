/** The one exception that reaches the user, and its exit codes. Every module but storage may depend on it. */
package org.pgpitr.error;
