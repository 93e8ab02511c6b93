package org.pgpitr.service.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** What a configuration file sets, and what is wrong with its form and its names. */
final class TomlSource {
    private final Path file;
    private final List<Problem> problems;
    private final List<Entry> entries = new ArrayList<>();

    private TomlSource(Path file, List<Problem> problems) {
        this.file = file;
        this.problems = problems;
    }

    static List<Entry> read(Path file, String text, List<Problem> problems) {
        TomlSource source = new TomlSource(file, problems);
        TomlParseResult result = Toml.parse(text);
        for (TomlParseError error : result.errors()) {
            problems.add(new Problem(source.at(error.position()), error.getMessage()));
        }
        if (!result.hasErrors()) {
            source.sections(result);
        }
        return source.entries;
    }

    private Origin at(TomlPosition position) {
        return new Origin.File(file, position == null ? 1 : position.line());
    }

    private static List<String> path(String key) {
        return List.of(key);
    }

    private void sections(TomlTable root) {
        for (String title : root.keySet()) {
            Origin origin = at(root.inputPositionOf(path(title)));
            Optional<Section> known = Arrays.stream(Section.values())
                    .filter(section -> section.title().equals(title))
                    .findFirst();
            if (known.isEmpty()) {
                List<String> titles =
                        Arrays.stream(Section.values()).map(Section::title).toList();
                problems.add(new Problem(origin, "unknown section \"" + title + "\"" + meant(title, titles)));
                continue;
            }
            section(known.get(), root.get(path(title)), origin);
        }
    }

    private void section(Section section, Object value, Origin origin) {
        if (section.repeat() == Section.Repeat.ONCE && value instanceof TomlTable table) {
            table(Table.of(section), table);
        } else if (section.repeat() == Section.Repeat.SEVERAL && value instanceof TomlArray array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i) instanceof TomlTable table) {
                    table(new Table(section, i + 1), table);
                } else {
                    problems.add(new Problem(origin, "write this as a section, " + section.header()));
                }
            }
        } else {
            problems.add(new Problem(origin, "write this as a section, " + section.header()));
        }
    }

    private void table(Table table, TomlTable values) {
        for (String name : values.keySet()) {
            Origin origin = at(values.inputPositionOf(path(name)));
            Optional<ConfigKey<?>> key = ConfigKeys.find(table.section(), name);
            if (key.isEmpty()) {
                List<String> names = ConfigKeys.of(table.section()).stream()
                        .map(ConfigKey::name)
                        .toList();
                problems.add(new Problem(origin, "unknown key " + table + "." + name + meant(name, names)));
                continue;
            }
            Object value = values.get(path(name));
            if (!fits(key.get(), value)) {
                problems.add(new Problem(
                        origin,
                        table + "." + name + " must be " + key.get().type().description()));
                continue;
            }
            entries.add(new Entry(table, key.get(), text(value), origin));
        }
    }

    /** An empty item would vanish in the list's text: a recipient that was meant, and nothing encrypted. */
    private static boolean fits(ConfigKey<?> key, Object value) {
        if (value instanceof TomlArray array) {
            return key.type().shape() == ValueType.Shape.LIST
                    && array.toList().stream().noneMatch(item -> item.toString().isBlank());
        }
        return !(value instanceof TomlTable)
                && !(key.type().shape() == ValueType.Shape.LIST
                        && value.toString().isBlank());
    }

    private static String text(Object value) {
        if (value instanceof TomlArray array) {
            return String.join(
                    ",", array.toList().stream().map(Object::toString).toList());
        }
        return value.toString();
    }

    private static String meant(String name, List<String> names) {
        return Suggestion.nearest(name, names)
                .map(nearest -> "; did you mean \"" + nearest + "\"?")
                .orElse("; known are " + String.join(", ", names));
    }
}
