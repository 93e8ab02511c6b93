package org.pgpitr.cluster;
