package org.pgpitr.cli;
