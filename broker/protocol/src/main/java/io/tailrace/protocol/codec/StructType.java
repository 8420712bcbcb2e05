package io.tailrace.protocol.codec;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record in one version: its fields in wire order, followed in a flexible version by the tagged fields.
 */
final class StructType implements ReferenceType {
    /** Their count is then one byte, which can be filled in after they are written. */
    private static final int TAGGED_MAX = 127;

    private final RecordShape shape;
    private final Field[] fields;
    private final Tagged @Nullable [] tagged;
    private final int bytesMin;

    /**
     * Creates a layout.
     *
     * @param fields the untagged fields, in order
     * @param tagged the tagged fields by ascending tag; null in a version that is not flexible
     */
    StructType(RecordShape shape, List<Field> fields, @Nullable List<Tagged> tagged) {
        this.shape = shape;
        this.fields = fields.toArray(Field[]::new);
        this.tagged = tagged == null ? null : tagged.toArray(Tagged[]::new);
        if (tagged != null && tagged.size() > TAGGED_MAX) {
            throw new IllegalStateException("tagged fields of " + shape.name() + ": expected at most " + TAGGED_MAX
                    + ", found " + tagged.size());
        }
        bytesMin = fields.stream().mapToInt(field -> field.type().bytesMin()).sum() + (tagged == null ? 0 : 1);
    }

    /** A component of the record, the slot of its value, and its type in this version. */
    record Field(String name, int component, int slot, WireType type) {
        void read(Values values, MessageReader in) {
            if (type instanceof NumberType number) {
                values.numbers()[slot] = number.read(in);
            } else {
                values.references()[slot] = type.readObject(in);
            }
        }

        void write(RecordShape shape, Record record, MessageWriter out) {
            if (type instanceof NumberType number) {
                number.write(shape.number(component, record), out);
            } else {
                type.writeObject(shape.reference(component, record), out);
            }
        }
    }

    /** A tagged field, written unless it has its default. */
    record Tagged(int tag, Field field) {}

    @Override
    public int bytesMin() {
        return bytesMin;
    }

    @Override
    public Record readObject(MessageReader in) {
        Values values = in.values().enter(shape);
        int i = 0;
        try {
            for (; i < fields.length; i++) {
                fields[i].read(values, in);
            }
        } catch (MalformedMessageException e) {
            throw e.within(fields[i].name);
        }
        if (tagged != null) {
            readTagged(tagged, values, in);
        }
        Record record = shape.construct(values);
        in.values().leave();
        return record;
    }

    @Override
    public void writeObject(@Nullable Object value, MessageWriter out) {
        Record record = (Record) Objects.requireNonNull(value);
        int i = 0;
        try {
            for (; i < fields.length; i++) {
                fields[i].write(shape, record, out);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(shape.name() + "." + fields[i].name + ": " + e.getMessage(), e);
        }
        if (tagged != null) {
            writeTagged(tagged, record, out);
        }
    }

    private static void readTagged(Tagged[] known, Values values, MessageReader in) {
        for (int left = in.taggedFieldCount(); left > 0; left--) {
            Field field = find(known, in.unsignedVarint());
            int end = in.narrow(in.unsignedVarint());
            if (field != null) {
                try {
                    field.read(values, in);
                    if (in.remaining() > 0) {
                        throw in.malformed(
                                "expected the end of a tagged field, found " + in.remaining() + " more bytes");
                    }
                } catch (MalformedMessageException e) {
                    throw e.within(field.name);
                }
            }
            in.widen(end);
        }
    }

    private static @Nullable Field find(Tagged[] known, int tag) {
        for (Tagged each : known) {
            if (each.tag == tag) {
                return each.field;
            }
        }
        return null;
    }

    private void writeTagged(Tagged[] known, Record record, MessageWriter out) {
        int countAt = out.size();
        int count = 0;
        out.int8(count);
        for (Tagged each : known) {
            if (!shape.isDefault(each.field.component, record)) {
                count++;
                out.unsignedVarint(each.tag);
                int start = out.size();
                each.field.write(shape, record, out);
                out.prefixWithLength(start);
            }
        }
        out.replaceInt8(countAt, count);
    }
}
