package org.pgpitr.service.config;

/**
 * Something wrong in a configuration.
 *
 * @param where which file and line, variable or flag
 * @param message one sentence without a full stop
 */
public record Problem(Origin where, String message) {
    @Override
    public String toString() {
        return where instanceof Origin.Standard ? message : where + ": " + message;
    }
}
