package org.pgpitr.storage.s3;
