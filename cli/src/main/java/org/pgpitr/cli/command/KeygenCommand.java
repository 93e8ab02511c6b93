package org.pgpitr.cli.command;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.IdentityFile;
import org.pgpitr.service.wiring.SecretFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes an identity and its recipient. */
@Command(
        name = "keygen",
        header = "Make a key pair for encryption.",
        description = {
            "Writes a new age identity (the private key) to a file that only you can read, and prints its recipient (the"
                    + " public key), which goes into [encryption] recipients. Servers need the recipient only. Whoever"
                    + " loses the identity can't read what was encrypted to it: keep copies off the server.",
            "",
            "The file is what age-keygen writes; with a passphrase, what `age -p` makes of it."
        },
        footer = {
            "  pgpitr keygen --output identity.txt",
            "  pgpitr keygen --output identity.txt --passphrase",
            "  pgpitr keygen --output identity.txt --passphrase-file /run/secrets/passphrase"
        })
public final class KeygenCommand extends PgpitrCommand {
    private static final String VARIABLE = "PGPITR_IDENTITY_PASSPHRASE";

    private final Environment environment;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The new identity file. It must not exist.")
    private Path output;

    @Option(
            names = {"-p", "--passphrase"},
            description = "Protect the file with a passphrase: that of the variable PGPITR_IDENTITY_PASSPHRASE, else"
                    + " asked for at the terminal.")
    private boolean passphrase;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Protect the file with the passphrase in this one.")
    private Path passphraseFile;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    public KeygenCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Path file = output.toAbsolutePath().normalize();
        Optional<char[]> secret = passphrase();
        AgeIdentity identity = IdentityFile.create(file, secret, environment.clock());
        secret.ifPresent(characters -> Arrays.fill(characters, '\0'));
        if (json) {
            new JsonObject()
                    .put("identity_file", file)
                    .put("recipient", identity.recipient())
                    .put("protected", secret.isPresent())
                    .print(environment.out());
        } else {
            environment.out().println(identity.recipient());
            environment.err().println("identity written to " + file + "; keep it off the server, and keep a copy");
        }
        return ExitCode.OK;
    }

    private Optional<char[]> passphrase() {
        if (passphraseFile != null) {
            return Optional.of(SecretFile.read(passphraseFile).reveal().toCharArray());
        }
        if (!passphrase) {
            return Optional.empty();
        }
        String variable = environment.variables().getOrDefault(VARIABLE, "");
        return Optional.of(variable.isEmpty() ? asked() : variable.toCharArray());
    }

    private char[] asked() {
        char[] first = ask("Passphrase");
        char[] second = ask("The same once more");
        if (first.length == 0) {
            throw new PgpitrException(ExitCode.USAGE, "the passphrase is empty");
        }
        if (!Arrays.equals(first, second)) {
            throw new PgpitrException(ExitCode.USAGE, "the two passphrases are not the same");
        }
        Arrays.fill(second, '\0');
        return first;
    }

    private char[] ask(String question) {
        return environment
                .terminal()
                .askSecret(question)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE,
                        "there is no terminal to ask for a passphrase",
                        "set " + VARIABLE + ", or give --passphrase-file"));
    }
}
