package org.pgpitr.repository.codec;

import java.util.List;

/**
 * The keys a host has: to whom it encrypts, and with what it decrypts. Either may be missing.
 *
 * @param recipients to whom new objects are encrypted; empty: new generations are plain
 * @param identities asked when something has to be decrypted; what they give is remembered, so that a passphrase is
 *     asked for once
 */
public record Keys(List<AgeRecipient> recipients, Identities identities) {
    public Keys {
        recipients = List.copyOf(recipients);
        identities = new Remembered(identities);
    }

    public static Keys none() {
        return of(List.of(), List.of());
    }

    public static Keys of(List<AgeRecipient> recipients, List<AgeIdentity> identities) {
        List<AgeIdentity> fixed = List.copyOf(identities);
        return new Keys(recipients, () -> fixed);
    }

    /** Whether a generation that is created with these keys is encrypted. */
    public boolean encrypts() {
        return !recipients.isEmpty();
    }

    private static final class Remembered implements Identities {
        private final Identities source;
        private List<AgeIdentity> loaded;

        Remembered(Identities source) {
            this.source = source;
        }

        @Override
        public synchronized List<AgeIdentity> load() {
            if (loaded == null) {
                loaded = List.copyOf(source.load());
            }
            return loaded;
        }
    }
}
