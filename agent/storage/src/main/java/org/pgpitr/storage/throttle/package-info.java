/** Bounds the bytes per second that go to and come from a store. Used only where stores are wired. */
package org.pgpitr.storage.throttle;
