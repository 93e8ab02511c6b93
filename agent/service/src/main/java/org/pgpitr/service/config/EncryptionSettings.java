package org.pgpitr.service.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code [encryption]}; what each means stands in {@link ConfigKeys}. */
public record EncryptionSettings(
        List<String> recipients,
        Optional<Path> identityFile,
        Optional<Path> identityPassphraseFile,
        Optional<Secret> identityPassphrase) {
    static EncryptionSettings from(SectionValues values) {
        return new EncryptionSettings(
                values.find(ConfigKeys.RECIPIENTS).orElse(List.of()),
                values.find(ConfigKeys.IDENTITY_FILE),
                values.find(ConfigKeys.IDENTITY_PASSPHRASE_FILE),
                values.find(ConfigKeys.IDENTITY_PASSPHRASE));
    }
}
