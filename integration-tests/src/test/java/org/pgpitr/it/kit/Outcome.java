package org.pgpitr.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.pgpitr.error.ExitCode;

/**
 * How a command of pgpitr ended.
 *
 * @param command as it was given
 */
public record Outcome(String command, int status, String out, String err) {
    /** Fails the test unless the command ended so. */
    public Outcome expect(ExitCode code) {
        assertThat(status)
                .as("status of `pgpitr %s`, which said:%n%s%s", command, out, err)
                .isEqualTo(code.status());
        return this;
    }

    /** What it said with {@code --json}. */
    public Map<String, Object> json() {
        try {
            return JSON.std.mapFrom(out);
        } catch (IOException e) {
            throw new UncheckedIOException(out, e);
        }
    }
}
