/** Bounds the bytes per second that go to and come from a store. */
package org.pgpitr.storage.throttle;
