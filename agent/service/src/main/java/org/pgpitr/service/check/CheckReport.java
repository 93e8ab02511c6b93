package org.pgpitr.service.check;

import java.util.List;
import org.pgpitr.error.ExitCode;

/** All findings of one check. */
public record CheckReport(List<Finding> findings) {
    public CheckReport {
        findings = List.copyOf(findings);
    }

    /** CHECK_FAILED if any finding is. */
    public ExitCode exitCode() {
        return findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.FAILED)
                ? ExitCode.CHECK_FAILED
                : ExitCode.OK;
    }
}
