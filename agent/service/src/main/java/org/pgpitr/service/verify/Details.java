package org.pgpitr.service.verify;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The details of a finding, in their order; what is empty is null. */
final class Details {
    private final Map<String, Object> members = new LinkedHashMap<>();

    static Map<String, Object> none() {
        return Map.of();
    }

    static Details with(String name, Object value) {
        return new Details().and(name, value);
    }

    Details and(String name, Object value) {
        members.put(name, value instanceof Optional<?> optional ? optional.orElse(null) : value);
        return this;
    }

    Map<String, Object> end() {
        return members;
    }
}
