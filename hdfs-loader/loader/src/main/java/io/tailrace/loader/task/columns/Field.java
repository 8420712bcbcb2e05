package io.tailrace.loader.task.columns;

import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** A value in its place: a field of a group, or none if the value is skipped. It may be null if the column may. */
interface Field {
    /**
     * Moves past the field.
     *
     * @throws UncheckedValueException if it is not sound
     */
    void check(AvroBytes in);

    /** Writes a field that was checked, and moves past it. */
    void write(AvroBytes in, RecordConsumer out);

    /**
     * Moves to the field's value, which is not read.
     *
     * @return the kind of the value, or null if the value is null
     */
    @Nullable
    Value seek(AvroBytes in);

    /**
     * A field that is never null.
     *
     * @param name its name in the group
     * @param index its position in the group
     */
    record Required(String name, int index, Value value) implements Field {
        @Override
        public void check(AvroBytes in) {
            value.check(in);
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.startField(name, index);
            value.write(in, out);
            out.endField(name, index);
        }

        @Override
        public Value seek(AvroBytes in) {
            return value;
        }
    }

    /** A field that was written as a union. */
    final class Union implements Field {
        private final String name;
        private final int index;
        private final Branch[] branches;

        /**
         * A branch of the writer's union.
         *
         * @param isReadable whether the reader's schema has it
         * @param value null for the branch null
         */
        record Branch(boolean isReadable, @Nullable Value value) {}

        Union(String name, int index, Branch[] branches) {
            this.name = name;
            this.index = index;
            this.branches = branches.clone();
        }

        @Override
        public void check(AvroBytes in) {
            int branch = in.readInt();
            if (branch < 0 || branch >= branches.length || !branches[branch].isReadable()) {
                throw UncheckedValueException.INSTANCE;
            }
            Value value = branches[branch].value();
            if (value != null) {
                value.check(in);
            }
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            Value value = seek(in);
            if (value != null) {
                out.startField(name, index);
                value.write(in, out);
                out.endField(name, index);
            }
        }

        @Override
        public @Nullable Value seek(AvroBytes in) {
            return branches[in.readInt()].value();
        }
    }

    /** A field of the writer that the reader lacks. */
    record Skipped(Field written) implements Field {
        @Override
        public void check(AvroBytes in) {
            written.check(in);
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            written.check(in);
        }

        @Override
        public @Nullable Value seek(AvroBytes in) {
            return written.seek(in);
        }
    }

    /** A field that the writer lacks: the reader's default, in Avro binary. */
    final class Default implements Field {
        private final Field field;
        private final byte[] encoded;
        private final AvroBytes in = new AvroBytes();

        Default(Field field, byte[] encoded) {
            this.field = field;
            this.encoded = encoded.clone();
        }

        @Override
        public void check(AvroBytes unused) {}

        @Override
        public void write(AvroBytes unused, RecordConsumer out) {
            in.set(encoded, 0, encoded.length);
            field.write(in, out);
        }

        @Override
        public @Nullable Value seek(AvroBytes outer) {
            outer.set(encoded, 0, encoded.length);
            return field.seek(outer);
        }
    }
}
