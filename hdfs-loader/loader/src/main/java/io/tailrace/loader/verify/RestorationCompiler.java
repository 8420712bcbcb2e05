package io.tailrace.loader.verify;

import io.tailrace.schemas.audit.CanonicalEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Makes the inverse of Avro's resolution of a writer's schema to a reader's. Used by one thread, as are the results. */
final class RestorationCompiler {
    private final CanonicalEncoder encoder = new CanonicalEncoder();

    /** A column that has no field in the writer's schema, and so always has the default. */
    private record Default(Schema.Field field, byte[] encoded) {}

    /** A type of the writer's union, and the type of the reader's union that its values have; -1 if that is no union. */
    private record Branch(int readerType, Restoration restoration) {}

    Restoration of(Resolver.Action action, String path) {
        return switch (action.type) {
            case DO_NOTHING -> action.writer.getType() == Schema.Type.NULL ? nothing(path) : Restoration.same(path);
            case PROMOTE -> Demotion.of(action.writer.getType(), action.reader.getType(), path);
            case ENUM -> symbol((Resolver.EnumAdjust) action, path);
            case CONTAINER -> container((Resolver.Container) action, path);
            case RECORD -> record((Resolver.RecordAdjust) action, path);
            case WRITER_UNION -> union((Resolver.WriterUnion) action, path);
            case READER_UNION -> of(((Resolver.ReaderUnion) action).actualAction, path);
            case SKIP -> Restoration.lost("field " + path + " is not in the table");
            case ERROR ->
                value -> {
                    throw new AlteredValueException("field " + path + ": no value of its schema can be loaded");
                };
        };
    }

    private static Restoration nothing(String path) {
        return value -> {
            if (value != null) {
                throw new AlteredValueException("field " + path + ": expected null, found " + value);
            }
            return null;
        };
    }

    /** Several symbols that the reader does not know are its default. */
    private static Restoration symbol(Resolver.EnumAdjust action, String path) {
        List<String> written = action.writer.getEnumSymbols();
        List<String> read = action.reader.getEnumSymbols();
        Map<String, List<GenericData.EnumSymbol>> symbols = new LinkedHashMap<>();
        for (int i = 0; i < written.size(); i++) {
            if (action.adjustments[i] >= 0) {
                symbols.computeIfAbsent(read.get(action.adjustments[i]), first -> new ArrayList<>())
                        .add(new GenericData.EnumSymbol(action.writer, written.get(i)));
            }
        }
        return value -> {
            List<GenericData.EnumSymbol> found = symbols.get(String.valueOf(value));
            if (found == null) {
                throw new AlteredValueException("field " + path + ": no symbol of its schema is read as " + value);
            }
            if (found.size() > 1) {
                throw new LostValueException("field " + path + ": several symbols are read as " + value);
            }
            return found.get(0);
        };
    }

    private Restoration container(Resolver.Container action, String path) {
        boolean isArray = action.writer.getType() == Schema.Type.ARRAY;
        Restoration element = of(action.elementAction, path + (isArray ? "[]" : "{}"));
        return isArray ? value -> items(value, element, path) : value -> entries(value, element, path);
    }

    private static Object items(@Nullable Object value, Restoration element, String path)
            throws AlteredValueException, LostValueException {
        List<@Nullable Object> restored = new ArrayList<>();
        for (Object item : (Iterable<?>) Restoration.nonNull(value, path)) {
            restored.add(element.of(item));
        }
        return restored;
    }

    private static Object entries(@Nullable Object value, Restoration element, String path)
            throws AlteredValueException, LostValueException {
        Map<Object, @Nullable Object> restored = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) Restoration.nonNull(value, path)).entrySet()) {
            restored.put(entry.getKey(), element.of(entry.getValue()));
        }
        return restored;
    }

    private Restoration record(Resolver.RecordAdjust action, String path) {
        int count = action.fieldActions.length;
        Restoration[] fields = new Restoration[count];
        int[] columns = new int[count];
        int read = 0;
        for (int i = 0; i < count; i++) {
            Resolver.Action field = action.fieldActions[i];
            Schema.Field written = action.writer.getFields().get(i);
            String name = path.isEmpty() ? written.name() : path + "." + written.name();
            boolean isRead = field.type != Resolver.Action.Type.SKIP;
            columns[i] = isRead ? action.readerOrder[read++].pos() : -1;
            // The one value of type null needs no column.
            fields[i] = !isRead && written.schema().getType() == Schema.Type.NULL ? nothing(name) : of(field, name);
        }
        List<Default> defaults = new ArrayList<>();
        for (int i = action.firstDefault; i < action.readerOrder.length; i++) {
            Schema.Field field = action.readerOrder[i];
            Object value = action.defaults[i - action.firstDefault];
            defaults.add(new Default(field, encoder.encode(field.schema(), value)));
        }
        return value -> {
            IndexedRecord from = (IndexedRecord) Restoration.nonNull(value, path);
            IndexedRecord to = new GenericData.Record(action.writer);
            for (int i = 0; i < count; i++) {
                to.put(i, fields[i].of(columns[i] < 0 ? null : from.get(columns[i])));
            }
            for (Default unset : defaults) {
                check(unset, from.get(unset.field().pos()), path);
            }
            return to;
        };
    }

    /** A column that the record does not have is not in its hash. */
    private void check(Default unset, @Nullable Object value, String path) throws AlteredValueException {
        if (!Arrays.equals(unset.encoded(), encoder.encode(unset.field().schema(), value))) {
            throw new AlteredValueException("field " + (path.isEmpty() ? "" : path + ".")
                    + unset.field().name() + ": expected its default, because the record does not have it, found "
                    + value);
        }
    }

    private Restoration union(Resolver.WriterUnion action, String path) {
        List<Branch> branches = new ArrayList<>();
        for (int i = 0; i < action.actions.length; i++) {
            Resolver.Action branch = action.actions[i];
            if (branch.type != Resolver.Action.Type.ERROR) {
                // Avro resolves the types of equivalent unions pairwise.
                int readerType =
                        action.unionEquiv ? i : branch instanceof Resolver.ReaderUnion read ? read.firstMatch : -1;
                branches.add(new Branch(readerType, of(branch, path)));
            }
        }
        Schema reader = action.reader;
        return value -> {
            int type = reader.isUnion() ? GenericData.get().resolveUnion(reader, value) : -1;
            List<Restoration> candidates = branches.stream()
                    .filter(branch -> branch.readerType() == type)
                    .map(Branch::restoration)
                    .toList();
            return candidates.size() == 1 ? candidates.get(0).of(value) : only(candidates, value, path);
        };
    }

    /** Values of several types of the writer's union are read as the same type. */
    private static @Nullable Object only(List<Restoration> candidates, @Nullable Object value, String path)
            throws AlteredValueException, LostValueException {
        List<@Nullable Object> possible = new ArrayList<>();
        for (Restoration candidate : candidates) {
            try {
                possible.add(candidate.of(value));
            } catch (AlteredValueException | ClassCastException e) {
                // A value of another type of the union.
            }
        }
        if (possible.isEmpty()) {
            throw new AlteredValueException("field " + path + ": no value of its schema is read as " + value);
        }
        if (possible.size() > 1) {
            throw new LostValueException("field " + path + ": several types of its union are read as one");
        }
        return possible.get(0);
    }
}
