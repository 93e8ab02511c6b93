package org.pgpitr.service.verify;

import java.util.List;

/**
 * What was read before a plan was given.
 *
 * @param verified how much it was, what the plan does not take in the end included
 * @param findings the gravest first
 */
public record ContentRead(GenerationReport.Verified verified, List<Finding> findings) {
    public ContentRead {
        findings = List.copyOf(findings);
    }
}
