package org.pgpitr.service.config;

import java.nio.file.Path;
import java.util.Optional;

/** {@code [verify]}; what each means stands in {@link ConfigKeys}. */
public record VerifySettings(int workers, Optional<ByteSize> maxRate, Optional<Path> stateFolder) {
    static VerifySettings from(SectionValues values) {
        return new VerifySettings(
                values.get(ConfigKeys.VERIFY_WORKERS),
                values.find(ConfigKeys.VERIFY_MAX_RATE),
                values.find(ConfigKeys.VERIFY_STATE_FOLDER));
    }
}
