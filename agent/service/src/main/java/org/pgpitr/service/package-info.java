package org.pgpitr.service;
