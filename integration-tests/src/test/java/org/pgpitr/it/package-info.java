package org.pgpitr.it;
