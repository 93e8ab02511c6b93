package org.pgpitr.storage.s3.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The head of an HTTP/1.1 message, as bytes to be passed on and as its parts.
 *
 * @param bytes up to and with the empty line
 * @param firstLine request or status line
 * @param headers by name in lower case
 */
record HttpHead(byte[] bytes, String firstLine, Map<String, List<String>> headers) {
    private static final int LONGEST = 1 << 20;

    /** Empty at the end of the stream. */
    static Optional<HttpHead> read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int last4 = 0; last4 != 0x0d0a0d0a; ) {
            int next = in.read();
            if (next < 0 || head.size() > LONGEST) {
                return Optional.empty();
            }
            head.write(next);
            last4 = last4 << 8 | next;
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        Map<String, List<String>> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.computeIfAbsent(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(lines[i].substring(colon + 1).strip());
        }
        return Optional.of(new HttpHead(head.toByteArray(), lines[0], headers));
    }

    /** The bytes, but for some headers, named in lower case. */
    byte[] without(Set<String> names) {
        if (names.isEmpty()) {
            return bytes;
        }
        String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\r\n");
        return Stream.concat(
                        Arrays.stream(lines)
                                .filter(line -> !names.contains(line.split(":", 2)[0].toLowerCase(Locale.ROOT))),
                        Stream.of("\r\n"))
                .collect(Collectors.joining("\r\n"))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The bytes, with headers more. */
    byte[] with(Map<String, String> more) {
        StringBuilder head = new StringBuilder(new String(bytes, 0, bytes.length - 2, StandardCharsets.ISO_8859_1));
        more.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    String part(int number) {
        return firstLine.split(" ", 3)[number];
    }

    Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    long contentLength() {
        return header("content-length").map(Long::parseLong).orElse(0L);
    }

    boolean isChunked() {
        return header("transfer-encoding").map("chunked"::equalsIgnoreCase).orElse(false);
    }
}
