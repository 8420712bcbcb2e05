package io.tailrace.loader.table;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Gives each field of a record a name that no other one has, also if case is ignored, as in Hive.
 *
 * <p>A field keeps the name that it had before. Otherwise it gets its usual name, or, if that is taken, the usual name with the first
 * free number from 2: {@code mcc_2}. Pure.
 */
final class ColumnNames {
    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final int FIRST_NUMBER = 2;

    private final Map<String, String> names = new HashMap<>();
    private final Set<String> taken;

    private ColumnNames(Set<String> reserved) {
        this.taken = new HashSet<>(reserved);
    }

    /** Converts {@code byteOffset} to {@code byte_offset}: Hive ignores case. */
    static String column(String field) {
        return WORD_START.matcher(field).replaceAll("_").toLowerCase(Locale.ROOT);
    }

    /** Names the columns of an event. */
    static Map<String, String> ofColumns(Schema record, @Nullable Schema previous) {
        Set<String> reserved = Set.of(
                RowMapper.TOPIC,
                RowMapper.PARTITION,
                RowMapper.OFFSET,
                RowMapper.SCHEMA,
                PathPartition.DAY_COLUMN,
                PathPartition.HOUR_COLUMN);
        return new ColumnNames(reserved).assign(record, previous, true);
    }

    /** Names the fields of a struct, which keep their names as long as these differ in more than case. */
    static Map<String, String> ofStruct(Schema record, @Nullable Schema previous) {
        return new ColumnNames(Set.of()).assign(record, previous, false);
    }

    private static String usual(String field, boolean isColumn) {
        return isColumn ? column(field) : field;
    }

    private Map<String, String> assign(Schema record, @Nullable Schema previous, boolean isColumn) {
        List<Schema.Field> fields = record.getFields();
        for (Schema.Field field : fields) {
            former(field, previous, isColumn).ifPresent(name -> take(field, name));
        }
        for (Schema.Field field : fields) {
            String usual = usual(field.name(), isColumn);
            String name = usual;
            for (int number = FIRST_NUMBER; !names.containsKey(field.name()) && !take(field, name); number++) {
                name = usual + "_" + number;
            }
        }
        return names;
    }

    private static Optional<String> former(Schema.Field field, @Nullable Schema previous, boolean isColumn) {
        Optional<String> assigned = EventSchema.assignedName(field);
        Schema.Field before = previous == null ? null : previous.getField(field.name());
        if (assigned.isPresent() || before == null) {
            return assigned;
        }
        return Optional.of(EventSchema.assignedName(before).orElseGet(() -> usual(field.name(), isColumn)));
    }

    private boolean take(Schema.Field field, String name) {
        boolean isFree = taken.add(name.toLowerCase(Locale.ROOT));
        if (isFree) {
            names.put(field.name(), name);
        }
        return isFree;
    }
}
