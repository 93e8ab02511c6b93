package org.pgpitr.storage.s3.server;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What the front door does to a request instead of letting it pass. */
public sealed interface Fault {
    /** Passes it on later. */
    record Delay(Duration by) implements Fault {}

    /** Answers itself; the request does not reach the server. */
    record Answer(int status, Map<String, String> headers, String body) implements Fault {
        /** As S3 words an error. */
        public static Answer error(int status, String code, String message) {
            return new Answer(
                    status,
                    Map.of("Content-Type", "application/xml"),
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message
                            + "</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>");
        }

        /** As a proxy does that knows no S3. */
        public static Answer html(int status) {
            return new Answer(
                    status, Map.of("Content-Type", "text/html"), "<html><body><h1>" + status + "</h1></body></html>");
        }

        public Answer with(String header, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(header, value);
            return new Answer(status, more, body);
        }
    }

    /** Resets the connection; the request does not reach the server. */
    record ResetBefore() implements Fault {}

    /** Resets the connection when the server has done its work and answered. */
    record LoseResponse() implements Fault {}

    /** Takes the head of the request and no more, and stays silent. */
    record StallUpload() implements Fault {}

    /** Takes the request to the server and keeps the answer back for ever. */
    record NoAnswer() implements Fault {}

    /** Closes the connection in an orderly way after some bytes of the response's body. */
    record CutBody(long after) implements Fault {}

    /** Resets the connection after some bytes of the response's body. */
    record ResetBody(long after) implements Fault {}

    /** Falls silent after some bytes of the response's body. */
    record StallBody(long after) implements Fault {}

    /** Lets one byte of the response's body pass at a time, as often as that, and so is never silent for long. */
    record TrickleBody(Duration every) implements Fault {}
}
