package org.pgpitr.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The name of an object: parts of printable ASCII joined by slashes, such as {@code main/1/cluster.json}. Keys order
 * by their bytes.
 *
 * @param value 1 to 512 characters of {@code [A-Za-z0-9._/+=-]}; no part is empty, {@code .} or {@code ..}, or ends in
 *     the {@code .tmp} that a local store keeps for itself
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    /** In characters. */
    public static final int MAX_LENGTH = 512;

    private static final Pattern ALPHABET = Pattern.compile("[A-Za-z0-9._/+=-]{1," + MAX_LENGTH + "}");

    public ObjectKey {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not an object key: \"" + value + "\"");
        }
    }

    /** Whether there can be a key of this name. */
    public static boolean isValid(String value) {
        if (!ALPHABET.matcher(value).matches()) {
            return false;
        }
        for (String part : value.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.endsWith(".tmp")) {
                return false;
            }
        }
        return true;
    }

    public static ObjectKey of(String value) {
        return new ObjectKey(value);
    }

    /** What stands behind the last slash. */
    public String lastPart() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public int compareTo(ObjectKey other) {
        return Arrays.compareUnsigned(
                value.getBytes(StandardCharsets.US_ASCII), other.value.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return value;
    }
}
