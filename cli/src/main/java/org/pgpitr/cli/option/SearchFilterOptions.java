package org.pgpitr.cli.option;

import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.pgpitr.repository.find.SearchFilter;
import org.pgpitr.repository.find.TableName;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What to search for. */
public final class SearchFilterOptions {
    @Option(
            names = "--table",
            paramLabel = "NAME",
            order = 1,
            description = "Only commits that concern this table: orders, public.orders, or shop.public.orders with the"
                    + " database. Its indexes and its TOAST table belong to it.")
    private String table;

    @Option(
            names = "--drops",
            order = 2,
            description = "Tables and databases dropped, tables truncated. Several kinds: one of them must hold.")
    private boolean drops;

    @Option(
            names = "--deletes-over",
            paramLabel = "N",
            order = 3,
            description = "Commits that delete more than N rows.")
    private Long deletesOver;

    @Option(
            names = "--updates-over",
            paramLabel = "N",
            order = 4,
            description = "Commits that update more than N rows.")
    private Long updatesOver;

    @Option(names = "--restore-points", order = 5, description = "Restore points.")
    private boolean restorePoints;

    @Option(names = "--xid", paramLabel = "XID", order = 6, description = "Only this transaction.")
    private String xid;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "10",
            order = 7,
            description = "Show so many, the worst first. Default: 10.")
    private int limit;

    /** @throws ParameterException if a value makes no sense */
    public SearchFilter filter(CommandLine command) {
        Set<SearchFilter.Kind> kinds = EnumSet.noneOf(SearchFilter.Kind.class);
        if (drops) {
            kinds.add(SearchFilter.Kind.LOSSES);
        }
        if (restorePoints) {
            kinds.add(SearchFilter.Kind.RESTORE_POINTS);
        }
        try {
            return new SearchFilter(
                    Optional.ofNullable(table).map(TableName::parse),
                    xid == null ? OptionalLong.empty() : OptionalLong.of(xid(xid)),
                    kinds,
                    over("--deletes-over", deletesOver),
                    over("--updates-over", updatesOver));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
    }

    /** How many events are told. */
    public int limit(CommandLine command) {
        if (limit < 1 || limit > 10_000) {
            throw new ParameterException(command, "--limit is from 1 to 10000");
        }
        return limit;
    }

    private static OptionalLong over(String option, Long number) {
        if (number != null && number < 0) {
            throw new IllegalArgumentException(option + " takes a number of rows");
        }
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    private static long xid(String text) {
        if (!text.matches("[0-9]{1,19}")) {
            throw new IllegalArgumentException("not a transaction's number: \"" + text + "\"");
        }
        return Long.parseUnsignedLong(text);
    }
}
