package org.pgpitr.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Lets the options that say which configuration, repository and cluster stand before the command as well, as many
 * programs have it: {@code pgpitr --config FILE backup} is {@code pgpitr backup --config FILE}.
 */
final class LeadingOptions {
    private static final Set<String> NAMES = Set.of("-c", "--config", "-r", "--repository", "--cluster");

    private LeadingOptions() {}

    /** The same command line with these options behind the command; unchanged if no command follows them. */
    static String[] behindCommand(String... args) {
        int at = 0;
        while (at < args.length && (NAMES.contains(args[at]) || NAMES.contains(beforeEqualsSign(args[at])))) {
            at += NAMES.contains(args[at]) ? 2 : 1;
        }
        if (at == 0 || at >= args.length || args[at].startsWith("-")) {
            return args;
        }
        List<String> moved = new ArrayList<>(Arrays.asList(args).subList(at, args.length));
        int end = moved.indexOf("--");
        moved.addAll(end < 0 ? moved.size() : end, Arrays.asList(args).subList(0, at));
        return moved.toArray(String[]::new);
    }

    private static String beforeEqualsSign(String arg) {
        int equals = arg.indexOf('=');
        return equals < 0 ? arg : arg.substring(0, equals);
    }
}
