package org.pgpitr.cli.output;

import java.util.List;
import java.util.function.Consumer;
import org.pgpitr.service.verify.Finding;

/** Findings for people, in their order, with one hint behind all of a kind that stand together. */
public final class FindingsByKind {
    private FindingsByKind() {}

    /**
     * Tells them.
     *
     * @param hint hears what to do, behind the findings that it is for
     */
    public static void tell(List<Finding> findings, Consumer<Finding> finding, Consumer<String> hint) {
        for (int i = 0; i < findings.size(); i++) {
            Finding each = findings.get(i);
            finding.accept(each);
            boolean goesOn = i + 1 < findings.size()
                    && findings.get(i + 1).kind().equals(each.kind())
                    && findings.get(i + 1).hint().equals(each.hint());
            if (!goesOn) {
                each.hint().ifPresent(hint);
            }
        }
    }
}
