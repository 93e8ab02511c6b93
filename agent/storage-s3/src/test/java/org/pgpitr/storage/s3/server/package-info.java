/**
 * An S3 service within the test's process, with a front door that records requests and breaks connections. For the
 * tests of this module and of those that wire it.
 */
package org.pgpitr.storage.s3.server;
