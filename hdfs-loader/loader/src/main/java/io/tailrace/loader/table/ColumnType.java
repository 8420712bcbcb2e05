package io.tailrace.loader.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The type of a column, in Hive's terms. {@code toString} gives Hive's text of it, such as {@code array<int>}. */
public sealed interface ColumnType {
    /**
     * A type without other types inside, or one that the loader does not create.
     *
     * @param name Hive's text, such as {@code bigint} or {@code decimal(9,2)}
     */
    record Simple(String name) implements ColumnType {
        private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d+),(\\d+)\\)");

        /** The types as which Hive also reads the Parquet files of a type. */
        private static final Map<String, Set<String>> WIDER = Map.of(
                "int", Set.of("bigint", "float", "double"),
                "bigint", Set.of("float", "double"),
                "float", Set.of("double"));

        private boolean widensTo(Simple other) {
            Matcher from = DECIMAL.matcher(name);
            Matcher to = DECIMAL.matcher(other.name);
            if (from.matches() && to.matches()) {
                return from.group(2).equals(to.group(2))
                        && Integer.parseInt(from.group(1)) <= Integer.parseInt(to.group(1));
            }
            return name.equals(other.name) || WIDER.getOrDefault(name, Set.of()).contains(other.name);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A list of values. */
    record Array(ColumnType element) implements ColumnType {
        @Override
        public String toString() {
            return "array<" + element + ">";
        }
    }

    /** Values by strings. */
    record Entries(ColumnType value) implements ColumnType {
        @Override
        public String toString() {
            return "map<string," + value + ">";
        }
    }

    /** Fields, in order. */
    record Struct(List<Member> members) implements ColumnType {
        public Struct {
            members = List.copyOf(members);
        }

        private Optional<ColumnType> both(Struct other) {
            List<Member> all = new ArrayList<>();
            for (Member member : members) {
                Optional<ColumnType> type = other.type(member.name())
                        .map(added -> member.type().with(added))
                        .orElse(Optional.of(member.type()));
                if (type.isEmpty()) {
                    return Optional.empty();
                }
                all.add(new Member(member.name(), type.get()));
            }
            other.members.stream()
                    .filter(member -> type(member.name()).isEmpty())
                    .forEach(all::add);
            return Optional.of(new Struct(all));
        }

        private Optional<ColumnType> type(String name) {
            return members.stream()
                    .filter(member -> member.name().equals(name))
                    .map(Member::type)
                    .findFirst();
        }

        @Override
        public String toString() {
            return members.stream().map(Member::toString).collect(Collectors.joining(",", "struct<", ">"));
        }
    }

    /**
     * A field of a struct.
     *
     * @param name in lower case, as Hive has it
     */
    record Member(String name, ColumnType type) {
        @Override
        public String toString() {
            return name + ":" + type;
        }
    }

    /**
     * Returns the type as which Hive reads files of both types: the wider number, or a struct with the fields of both. Empty if
     * there is none.
     */
    default Optional<ColumnType> with(ColumnType other) {
        if (this instanceof Simple one && other instanceof Simple two) {
            return one.widensTo(two) ? Optional.of(two) : two.widensTo(one) ? Optional.of(one) : Optional.empty();
        }
        if (this instanceof Array one && other instanceof Array two) {
            return one.element().with(two.element()).map(Array::new);
        }
        if (this instanceof Entries one && other instanceof Entries two) {
            return one.value().with(two.value()).map(Entries::new);
        }
        return this instanceof Struct one && other instanceof Struct two ? one.both(two) : Optional.empty();
    }

    /** Parses Hive's text of a type. What the loader never creates becomes a {@link Simple} type. */
    static ColumnType parse(String text) {
        String type = text.strip().toLowerCase(Locale.ROOT);
        if (type.startsWith("array<")) {
            return new Array(parse(inside(type)));
        }
        if (type.startsWith("map<string,")) {
            return new Entries(parse(inside(type).substring("string,".length())));
        }
        if (!type.startsWith("struct<")) {
            return new Simple(type.replace(" ", ""));
        }
        List<Member> members = new ArrayList<>();
        for (String member : split(inside(type))) {
            int colon = member.indexOf(':');
            members.add(new Member(member.substring(0, colon).strip(), parse(member.substring(colon + 1))));
        }
        return new Struct(members);
    }

    private static String inside(String type) {
        return type.substring(type.indexOf('<') + 1, type.length() - 1);
    }

    /** Splits at the commas that are not within brackets. */
    private static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        int open = 0;
        int from = 0;
        for (int i = 0; i < list.length(); i++) {
            switch (list.charAt(i)) {
                case '<', '(' -> open++;
                case '>', ')' -> open--;
                case ',' -> {
                    if (open == 0) {
                        parts.add(list.substring(from, i));
                        from = i + 1;
                    }
                }
                default -> {}
            }
        }
        if (from < list.length()) {
            parts.add(list.substring(from));
        }
        return parts;
    }
}
