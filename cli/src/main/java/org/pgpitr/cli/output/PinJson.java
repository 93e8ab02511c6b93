package org.pgpitr.cli.output;

import org.pgpitr.repository.retention.Pin;

/** A pin for programs. */
public final class PinJson {
    private PinJson() {}

    public static JsonObject of(Pin pin) {
        return new JsonObject()
                .put("reason", pin.reason())
                .put("since", pin.since())
                .put("until", pin.until());
    }
}
