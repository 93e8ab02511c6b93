package org.pgpitr.service.spool;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgpitr.postgres.WalFileName;

/**
 * A hook that waits for the agent's answer.
 *
 * @param file what PostgreSQL offered it
 * @param hook its process, by which it knows its answer
 * @param once a number that it has made for this question alone; empty text if it has made none
 * @param place the file by which it asks
 */
public record Ask(WalFileName file, String hook, String once, Path place) {
    private static final Pattern NAME = Pattern.compile("(.+)\\.([0-9]+)(?:\\.([0-9a-f-]{36}))?");

    /** Of a question in the words of another version the process is known: the last number without a zero before it. */
    private static final Pattern ANY_NAME = Pattern.compile(".*\\.([1-9][0-9]{0,9})(?:\\..*)?");

    /** Those that wait now. */
    public static List<Ask> pending(Spool spool) throws IOException {
        return pending(spool, place -> {});
    }

    /** As {@link #pending(Spool)}; those whose question can't be understood are told to do the work themselves. */
    public static List<Ask> pending(Spool spool, AnswerPipe answers) throws IOException {
        return pending(spool, place -> {
            Matcher name = ANY_NAME.matcher(place.getFileName().toString());
            if (name.matches()) {
                answers.direct(name.group(1));
                Files.deleteIfExists(place);
            }
        });
    }

    private interface Strange {
        void met(Path place) throws IOException;
    }

    private static List<Ask> pending(Spool spool, Strange strange) throws IOException {
        List<Ask> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(spool.asked())) {
            for (Path place : files) {
                Optional<Ask> ask = of(place);
                if (ask.isPresent()) {
                    all.add(ask.get());
                } else {
                    strange.met(place);
                }
            }
        }
        return all;
    }

    private static Optional<Ask> of(Path place) {
        Matcher name = NAME.matcher(place.getFileName().toString());
        return name.matches()
                ? WalFileName.tryParse(name.group(1))
                        .map(file -> new Ask(
                                file,
                                name.group(2),
                                Optional.ofNullable(name.group(3)).orElse(""),
                                place))
                : Optional.empty();
    }

    /** Ends the asking; the answer is on its way. */
    public void done() throws IOException {
        Files.deleteIfExists(place);
    }
}
