package org.pgpitr.storage;

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

    private static final String TEMPORARY = ".tmp";

    public ObjectKey {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not an object key: \"" + value + "\"");
        }
    }

    /** Whether there can be a key of this name. Asked for each name in a listing of millions. */
    public static boolean isValid(String value) {
        if (value.length() > MAX_LENGTH) {
            return false;
        }
        int begin = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || value.charAt(i) == '/') {
                if (!isPart(value, begin, i)) {
                    return false;
                }
                begin = i + 1;
            } else if (!isAllowed(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPart(String value, int begin, int end) {
        int length = end - begin;
        if (length <= 2 && value.startsWith("..".substring(0, length), begin)) {
            return false; // "", "." and ".."
        }
        return length < TEMPORARY.length() || !value.startsWith(TEMPORARY, end - TEMPORARY.length());
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._+=-".indexOf(c) >= 0;
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
        return value.compareTo(other.value); // the same for ASCII
    }

    @Override
    public String toString() {
        return value;
    }
}
