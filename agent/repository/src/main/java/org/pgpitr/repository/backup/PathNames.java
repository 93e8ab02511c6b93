package org.pgpitr.repository.backup;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * File names as text without loss. A POSIX name is bytes; nearly always they are UTF-8 and the text is what one
 * expects. A byte that is not part of valid UTF-8 stands as the lone surrogate U+DC80 to U+DCFF (as in Python's
 * {@code surrogateescape}). Independent of the JVM's locale, which otherwise decides what a {@link Path}'s text is.
 */
public final class PathNames {
    private PathNames() {}

    /**
     * The name of {@code file} relative to {@code root}, parted by slashes; {@code .} for the root itself.
     *
     * @param root absolute and normal
     * @param file the root, or below it
     */
    public static String relative(Path root, Path file) {
        String text = root.relativize(file).toString();
        if (text.isEmpty()) {
            return ".";
        }
        if (isPlain(text)) {
            return text;
        }
        byte[] rootBytes = rawBytes(root);
        byte[] fileBytes = rawBytes(file);
        int from = rootBytes.length + (rootBytes.length == 1 ? 0 : 1);
        return ofBytes(fileBytes, from, fileBytes.length - from);
    }

    /** The name of one link's target, or of any other path as it is. */
    public static String of(Path path) {
        String text = path.toString();
        if (isPlain(text)) {
            return text;
        }
        int from = path.isAbsolute() ? 0 : 1;
        byte[] bytes = rawBytes(Path.of("/").resolve(path));
        return ofBytes(bytes, from, bytes.length - from);
    }

    /** The file that {@code name} stands for below {@code root}, as {@link #relative} wrote it. Not checked for {@code ..}. */
    public static Path resolve(Path root, String name) {
        return name.equals(".") ? root : root.resolve(path(name));
    }

    /** The path that {@code name} stands for, as {@link #of} wrote it. */
    public static Path path(String name) {
        if (isPlain(name)) {
            return Path.of(name);
        }
        Path path = Path.of(name.startsWith("/") ? "/" : "");
        for (String part : name.split("/")) {
            path = path.resolve(isPlain(part) ? Path.of(part) : part(part));
        }
        return path;
    }

    /** One part of a path, by way of the only constructor that takes bytes. */
    private static Path part(String name) {
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : bytes(name)) {
            uri.append('%').append(String.format(Locale.ROOT, "%02X", b));
        }
        return Path.of(URI.create(uri.toString())).getFileName();
    }

    /** The bytes the file system knows {@code name} by. */
    public static byte[] bytes(String name) {
        byte[] out = new byte[name.length() * 3];
        int n = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < 0x80) {
                out[n++] = (byte) c;
            } else if (c >= 0xDC80 && c <= 0xDCFF) {
                out[n++] = (byte) (c - 0xDC00);
            } else {
                int end = Character.isHighSurrogate(c) && i + 1 < name.length() ? i + 2 : i + 1;
                byte[] utf8 = name.substring(i, end).getBytes(StandardCharsets.UTF_8);
                System.arraycopy(utf8, 0, out, n, utf8.length);
                n += utf8.length;
                i = end - 1;
            }
        }
        return java.util.Arrays.copyOf(out, n);
    }

    /** The text for the bytes of a name. */
    public static String ofBytes(byte[] bytes, int offset, int length) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate(length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                break;
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (0xDC00 + (in.get() & 0xFF)));
            }
            decoder.reset();
        }
        return out.flip().toString();
    }

    /** Whether the name can be written as UTF-8 text. */
    static boolean isText(String name) {
        return isPlain(name) || StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** The JDK shows a path's own bytes in its URI only, percent-encoded. */
    private static byte[] rawBytes(Path absolute) {
        String uri = absolute.toUri().getRawPath();
        byte[] out = new byte[uri.length()];
        int n = 0;
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c == '%') {
                out[n++] = (byte) Integer.parseInt(uri, i + 1, i + 3, 16);
                i += 2;
            } else {
                out[n++] = (byte) c;
            }
        }
        // toUri() ends the name of an existing directory with a slash
        return java.util.Arrays.copyOf(out, n > 1 && out[n - 1] == '/' ? n - 1 : n);
    }
}
