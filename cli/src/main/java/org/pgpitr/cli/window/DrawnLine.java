package org.pgpitr.cli.window;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.window.Scale.Moment;
import org.pgpitr.repository.plan.TimelineWindow;
import org.pgpitr.repository.plan.WindowGap;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.repository.window.IntervalContents;
import org.pgpitr.repository.window.WindowAnswer;

/** A timeline as a line of plain characters. */
final class DrawnLine {
    static final String LEGEND = "= can be recovered   x gap   B end of a backup   * restore point";

    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final Scale scale;
    private final char[] line;

    DrawnLine(TimelineWindow timeline, WindowAnswer.Known known, Scale scale) {
        this.scale = scale;
        this.line = new char[scale.columns()];
        Arrays.fill(line, ' ');
        List<WindowInterval> intervals = timeline.intervals();
        for (WindowGap gap : timeline.gaps()) {
            gap(gap, intervals, known);
        }
        intervals.forEach(interval -> fill(Scale.begin(interval), Scale.end(interval, known), '='));
        for (WindowInterval interval : intervals) {
            List<IntervalContents> told = known.of(interval).stream().toList();
            told.forEach(contents -> contents.restorePoints()
                    .forEach(point -> put(new Moment(point.lsn(), Optional.of(point.time())), '*')));
            interval.backups().forEach(backup -> put(new Moment(backup.stopLsn(), Optional.of(backup.stopped())), 'B'));
        }
    }

    private void gap(WindowGap gap, List<WindowInterval> intervals, WindowAnswer.Known known) {
        Optional<WindowInterval> before = intervals.stream()
                .filter(interval -> interval.range().to().equals(gap.from()))
                .findFirst();
        Optional<Moment> until = gap.until().map(backup -> new Moment(backup.stopLsn(), Optional.of(backup.stopped())));
        int from = before.map(interval -> scale.column(Scale.end(interval, known)) + 1)
                .orElse(0);
        int to = until.map(moment -> scale.column(moment) - 1).orElse(line.length - 1);
        for (int i = Math.min(from, line.length - 1); i <= to || i == from; i++) {
            if (i < line.length) {
                line[i] = 'x';
            }
        }
    }

    private void fill(Moment from, Moment to, char with) {
        Arrays.fill(line, scale.column(from), scale.column(to) + 1, with);
    }

    private void put(Moment moment, char mark) {
        line[scale.column(moment)] = mark;
    }

    /** The line, without blanks at its end. */
    String text(boolean coloured) {
        String plain = new String(line).stripTrailing();
        if (!coloured) {
            return plain;
        }
        return plain.replaceAll("x+", RED + "$0" + PLAIN).replaceAll("[=B*]+", GREEN + "$0" + PLAIN);
    }
}
