package org.pgpitr.repository.find;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.repository.catalog.CatalogRelation;

/**
 * A table as a person names it: {@code orders}, {@code public.orders}, {@code shop.public.orders}; parts in double quotes
 * are taken as they stand, others in lower case.
 *
 * @param database empty: in whatever database
 * @param schema empty: in whatever schema
 * @param table its name
 */
public record TableName(Optional<String> database, Optional<String> schema, String table) {
    /** @throws IllegalArgumentException with a sentence for people */
    public static TableName parse(String text) {
        List<String> parts = parts(text);
        int count = parts.size();
        if (count < 1 || count > 3 || parts.contains("")) {
            throw new IllegalArgumentException(
                    "not a table's name such as public.orders or shop.public.orders: \"" + text + "\"");
        }
        return new TableName(
                count == 3 ? Optional.of(parts.get(0)) : Optional.empty(),
                count >= 2 ? Optional.of(parts.get(count - 2)) : Optional.empty(),
                parts.get(count - 1));
    }

    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    part.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == '.' && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(quoted ? c : Character.toLowerCase(c));
            }
        }
        parts.add(part.toString());
        return parts;
    }

    boolean matches(String inDatabase, CatalogRelation relation) {
        return relation.name().equals(table)
                && schema.filter(name -> !name.equals(relation.schema())).isEmpty()
                && database.filter(name -> !name.equals(inDatabase)).isEmpty();
    }
}
