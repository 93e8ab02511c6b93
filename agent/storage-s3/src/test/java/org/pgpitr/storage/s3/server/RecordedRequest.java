package org.pgpitr.storage.s3.server;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it came in at the front door.
 *
 * @param method such as PUT
 * @param target path and query
 * @param headers by name in lower case
 */
public record RecordedRequest(String method, String target, Map<String, List<String>> headers) {
    public Optional<String> header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream()
                .findFirst();
    }

    /** Whether it concerns the object of that key, in whichever bucket. */
    public boolean isFor(String method, String key) {
        String path = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
        return this.method.equals(method) && path.endsWith("/" + key);
    }
}
