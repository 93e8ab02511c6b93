package org.pgpitr.repository.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** A file of age identities, as {@code age-keygen} writes it, plain or protected as {@code age -p} does. */
public final class IdentityFile {
    private static final int MAX_LENGTH = 1 << 16;

    private IdentityFile() {}

    /**
     * Reads all identities of a file.
     *
     * @param passphrases asked only if the file is protected
     * @throws PgpitrException NO_KEY if the file is not there, can't be read, holds no identity, or the passphrase is
     *     missing or wrong
     */
    public static List<AgeIdentity> read(Path file, PassphraseSource passphrases) {
        byte[] bytes = bytes(file);
        if (ProtectedFile.isOne(bytes)) {
            bytes = decrypted(file, bytes, passphrases);
        }
        return parse(file, bytes);
    }

    /** @param file for messages */
    static List<AgeIdentity> parse(Path file, byte[] bytes) {
        List<AgeIdentity> identities = new ArrayList<>();
        int number = 0;
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            try {
                identities.add(AgeIdentity.parse(text));
            } catch (PgpitrException e) {
                throw new PgpitrException(
                        ExitCode.NO_KEY,
                        "line " + number + " of identity file " + file + " is not an age identity",
                        e.hint().orElseThrow(),
                        e);
            }
        }
        if (identities.isEmpty()) {
            throw new PgpitrException(
                    ExitCode.NO_KEY,
                    "there is no identity in identity file " + file,
                    "`pgpitr keygen` makes one in a new file");
        }
        return identities;
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_LENGTH + 1);
            if (bytes.length > MAX_LENGTH) {
                throw new PgpitrException(
                        ExitCode.NO_KEY, "identity file " + file + " is too long to be one", "check `identity_file`");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new PgpitrException(
                    ExitCode.NO_KEY,
                    "identity file " + file + " does not exist",
                    "bring the file that `pgpitr keygen` made to this host, or set `identity_file` in [encryption]",
                    e);
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.NO_KEY,
                    "can't read identity file " + file + ": " + e,
                    "check the file's permissions and `identity_file` in [encryption]",
                    e);
        }
    }

    private static byte[] decrypted(Path file, byte[] bytes, PassphraseSource passphrases) {
        char[] passphrase = passphrases
                .passphrase("identity file " + file)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.NO_KEY,
                        "identity file " + file + " is protected and there is no passphrase",
                        "run this on a terminal, or set PGPITR_IDENTITY_PASSPHRASE"));
        try {
            return ProtectedFile.decrypt(bytes, passphrase, MAX_LENGTH);
        } catch (AgeFile.NotOpenedException e) {
            throw notOpened(file, e);
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.NO_KEY, "identity file " + file + " is damaged: " + e.getMessage(), null, e);
        } finally {
            Arrays.fill(passphrase, ' ');
        }
    }

    private static PgpitrException notOpened(Path file, AgeFile.NotOpenedException e) {
        if (e.getCause() instanceof ScryptStanza.TooMuchWorkException) {
            return new PgpitrException(
                    ExitCode.NO_KEY,
                    "can't open identity file " + file + ": " + e.getCause().getMessage(),
                    "decrypt the file with `age -d` first",
                    e);
        }
        if (e.reason() == AgeFile.NotOpenedException.Reason.DAMAGED) {
            return new PgpitrException(ExitCode.NO_KEY, "identity file " + file + " is damaged", null, e);
        }
        return new PgpitrException(
                ExitCode.NO_KEY,
                "the passphrase does not open identity file " + file,
                "check the passphrase; it has to be a file that `age -p` or `pgpitr keygen` protected",
                e);
    }

    /** A file's text, as {@code age-keygen} writes it; holds the secret. */
    public static String text(AgeIdentity identity, Instant created) {
        return "# created: " + created.truncatedTo(ChronoUnit.SECONDS) + "\n# public key: " + identity.recipient()
                + "\n" + identity.secret() + "\n";
    }

    /**
     * Generates an identity and writes it to a new file that only its owner can read. Never overwrites.
     *
     * @param passphrase protects the file, as {@code age -p} does; empty: the file is plain
     * @throws PgpitrException USAGE if the file exists or can't be written
     */
    public static AgeIdentity create(Path file, Optional<char[]> passphrase, Clock clock) {
        AgeIdentity identity = AgeIdentity.generate();
        byte[] text = text(identity, clock.instant()).getBytes(StandardCharsets.US_ASCII);
        try {
            write(file, passphrase.isPresent() ? ProtectedFile.encrypt(text, passphrase.get()) : text);
        } catch (FileAlreadyExistsException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "file " + file + " exists already",
                    "choose another name; an identity that is lost takes all it can decrypt with it",
                    e);
        } catch (IOException e) {
            throw new PgpitrException(ExitCode.USAGE, "can't write identity file " + file + ": " + e, null, e);
        }
        return identity;
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            try {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw e;
            }
        }
    }
}
