package org.pgpitr.service.config;

/** {@code [restore]}; what each means stands in {@link ConfigKeys}. */
public record RestoreSettings(int workers) {
    static RestoreSettings from(SectionValues values) {
        return new RestoreSettings(values.get(ConfigKeys.RESTORE_WORKERS));
    }
}
