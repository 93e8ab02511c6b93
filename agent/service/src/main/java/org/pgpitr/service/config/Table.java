package org.pgpitr.service.config;

/**
 * A table of a configuration: a section, or one of the repositories.
 *
 * @param number counted from 1; always 1 for a section that stands once
 */
public record Table(Section section, int number) implements Comparable<Table> {
    static Table of(Section section) {
        return new Table(section, 1);
    }

    @Override
    public int compareTo(Table other) {
        int bySection = section.compareTo(other.section);
        return bySection != 0 ? bySection : Integer.compare(number, other.number);
    }

    /** {@code cluster}, or {@code repository.2}. */
    @Override
    public String toString() {
        return section.repeat() == Section.Repeat.SEVERAL ? section.title() + "." + number : section.title();
    }
}
