package org.pgpitr.service.check;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgpitr.cluster.Server;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.init.InitTarget.ConditionalWrites;

/**
 * What is checked.
 *
 * @param server connects; is closed by the check
 * @param repository opens; may fail
 * @param dataDirectory as configured
 * @param conditionalWrites whether the store has to honour them
 * @param archiveTimeout how long a switched segment may take to arrive
 * @param slot of a receiver that is meant to bring WAL into the repository; empty if none is
 */
public record CheckSubject(
        Supplier<Server> server,
        Supplier<Repository> repository,
        Optional<Path> dataDirectory,
        ConditionalWrites conditionalWrites,
        Duration archiveTimeout,
        Optional<String> slot) {}
