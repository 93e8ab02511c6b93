/**
 * The object store on Amazon S3 and its look-alikes. The only package that knows the AWS SDK; nothing of the SDK shows
 * in its public classes. Only the modules that wire stores depend on it.
 */
package org.pgpitr.storage.s3;
