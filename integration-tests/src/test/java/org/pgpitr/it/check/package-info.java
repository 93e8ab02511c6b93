/** {@code check} against real servers, sound and broken. */
package org.pgpitr.it.check;
