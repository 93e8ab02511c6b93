package org.pgpitr.cli.option;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.service.restore.RestoreOptions.TargetAction;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How the recovered cluster is to be: what both a plan and a restore can be told. */
public final class RecoveryOptions {
    @Option(
            names = "--target-action",
            paramLabel = "pause|promote|shutdown",
            order = 1,
            description = "What PostgreSQL does at the target: pause (its default), promote or shutdown.")
    private String targetAction;

    @Option(
            names = "--tablespace-map",
            paramLabel = "NAME=DIR",
            order = 2,
            description = "Where a tablespace goes, by its name or oid; others go where they were. May be repeated.")
    private Map<String, Path> tablespaceMap = new LinkedHashMap<>();

    public Map<String, Path> tablespaceMap() {
        return tablespaceMap;
    }

    /** Empty for PostgreSQL's default. */
    public Optional<TargetAction> targetAction(CommandLine command) {
        if (targetAction == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(TargetAction.valueOf(targetAction.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    command, "--target-action must be pause, promote or shutdown, not \"" + targetAction + "\"", e);
        }
    }
}
