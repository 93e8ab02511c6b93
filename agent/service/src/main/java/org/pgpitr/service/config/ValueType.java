package org.pgpitr.service.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.pgpitr.repository.ClusterName;

/**
 * What a key's value may be.
 *
 * @param description completes the sentence "… must be"
 * @param shape how it is written in TOML
 * @param secrecy whether it may be shown
 * @param parser from text; throws {@link IllegalArgumentException} for what does not fit
 */
public record ValueType<T>(String description, Shape shape, Secrecy secrecy, Function<String, T> parser) {
    /** How a value is written in TOML. */
    public enum Shape {
        QUOTED,
        BARE,
        LIST
    }

    /** Whether a value may be shown. */
    public enum Secrecy {
        PUBLIC,
        SECRET
    }

    private ValueType(String description, Shape shape, Function<String, T> parser) {
        this(description, shape, Secrecy.PUBLIC, parser);
    }

    static ValueType<String> text(String description) {
        return new ValueType<>(description, Shape.QUOTED, text -> {
            require(!text.isBlank());
            return text;
        });
    }

    /** As {@code ReplicationSlotValidateName} in {@code slot.c} takes it. */
    static ValueType<String> slot() {
        return new ValueType<>(
                "a replication slot's name (up to 63 lower-case letters, digits and underscores)",
                Shape.QUOTED,
                text -> {
                    require(text.matches("[a-z0-9_]{1,63}"));
                    return text;
                });
    }

    static ValueType<Secret> secret(String description) {
        return new ValueType<>(description, Shape.QUOTED, Secrecy.SECRET, text -> {
            require(!text.isEmpty());
            return new Secret(text);
        });
    }

    static ValueType<URI> endpoint() {
        return new ValueType<>("an address of the form https://host[:port]", Shape.QUOTED, text -> {
            URI uri = URI.create(text);
            require(("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null);
            return uri;
        });
    }

    static ValueType<Path> file() {
        return new ValueType<>("an absolute path", Shape.QUOTED, text -> {
            Path path = Path.of(text);
            require(path.isAbsolute());
            return path.normalize();
        });
    }

    /** A place to listen at; empty for {@code off}. */
    static ValueType<Optional<ListenAddress>> listen() {
        return new ValueType<>(
                "an address and a port such as 127.0.0.1:9837, or off",
                Shape.QUOTED,
                text -> text.equals("off") ? Optional.empty() : Optional.of(ListenAddress.parse(text)));
    }

    static ValueType<Integer> integer(int least, int most) {
        return new ValueType<>("a whole number from " + least + " to " + most, Shape.BARE, text -> {
            int value = Integer.parseInt(text);
            require(value >= least && value <= most);
            return value;
        });
    }

    static ValueType<Boolean> flag() {
        return new ValueType<>("true or false", Shape.BARE, text -> {
            require(text.equals("true") || text.equals("false"));
            return text.equals("true");
        });
    }

    static ValueType<ByteSize> size(ByteSize least, ByteSize most) {
        return new ValueType<>(
                "a size from " + least + " to " + most + ", with a unit of B, kB, MB, GB or TB", Shape.QUOTED, text -> {
                    ByteSize size = ByteSize.parse(text);
                    require(size.compareTo(least) >= 0 && size.compareTo(most) <= 0);
                    return size;
                });
    }

    /** As {@link #size}; {@code /s} may stand behind it. */
    static ValueType<ByteSize> rate(ByteSize least, ByteSize most) {
        ValueType<ByteSize> size = size(least, most);
        return new ValueType<>(
                size.description() + " (a second)",
                Shape.QUOTED,
                text -> size.parser().apply(text.strip().replaceFirst("\\s*/\\s*s$", "")));
    }

    static ValueType<Duration> time(Duration least, Duration most) {
        return new ValueType<>(
                "a time from " + TimeSpan.print(least) + " to " + TimeSpan.print(most)
                        + ", with a unit of ms, s, min, h or d",
                Shape.QUOTED,
                text -> {
                    Duration time = TimeSpan.parse(text);
                    require(time.compareTo(least) >= 0 && time.compareTo(most) <= 0);
                    return time;
                });
    }

    static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
        String names =
                Arrays.stream(type.getEnumConstants()).map(ValueType::lower).collect(Collectors.joining(" or "));
        return new ValueType<>(names, Shape.QUOTED, text -> {
            require(text.equals(text.toLowerCase(Locale.ROOT)));
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        });
    }

    static ValueType<ZoneId> zone() {
        return new ValueType<>("a time zone such as UTC, Europe/Berlin or +01:00", Shape.QUOTED, text -> {
            try {
                return ZoneId.of(text);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    static ValueType<String> oneOf(List<String> names) {
        return new ValueType<>(String.join(", ", names), Shape.QUOTED, text -> {
            require(names.contains(text));
            return text;
        });
    }

    static ValueType<ClusterName> clusterName() {
        return new ValueType<>(
                "1 to 63 lower-case letters, digits, _ or -, a letter or digit first", Shape.QUOTED, ClusterName::new);
    }

    static ValueType<RepositoryUrl> url() {
        return new ValueType<>("a URL of the form " + RepositoryUrl.FORMS, Shape.QUOTED, RepositoryUrl::parse);
    }

    /** Parts by comma where it comes from a variable or a flag. */
    static ValueType<List<String>> list(String description, UnaryOperator<String> each) {
        return new ValueType<>(
                description,
                Shape.LIST,
                text -> text.isBlank()
                        ? List.of()
                        : Arrays.stream(text.split(",", -1))
                                .map(String::strip)
                                .map(each)
                                .toList());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void require(boolean fits) {
        if (!fits) {
            throw new IllegalArgumentException();
        }
    }
}
