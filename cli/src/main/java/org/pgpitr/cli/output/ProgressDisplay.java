package org.pgpitr.cli.output;

import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.service.Progress;

/** Picks how progress is shown: on the standard error output, so that it never mixes with a result. */
public final class ProgressDisplay {
    private ProgressDisplay() {}

    /** A bar on a terminal, lines elsewhere. */
    public static Progress of(Environment environment) {
        return environment.terminal().showsErr()
                ? new BarProgress(environment.err(), environment.terminal().width(), System::nanoTime)
                : new LineProgress(environment.err(), System::nanoTime);
    }
}
