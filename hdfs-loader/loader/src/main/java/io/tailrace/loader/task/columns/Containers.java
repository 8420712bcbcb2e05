package io.tailrace.loader.task.columns;

import java.util.Arrays;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/** Values made of values, in the groups that {@code parquet-avro} writes with three-level lists. */
final class Containers {
    /** Items of one array or map, as {@code FramedAvroDecoder} limits them. */
    private static final int ITEMS_MAX = 4_194_304;

    private Containers() {}

    /** One of an enumeration's symbols, by its index in the writer's schema; null for those that the reader lacks. */
    static final class Symbol implements Value {
        private final Binary[] symbols;

        Symbol(Binary[] symbols) {
            this.symbols = symbols.clone();
        }

        @Override
        @SuppressWarnings("ReferenceEquality")
        public void check(AvroBytes in) {
            int index = in.readInt();
            if (index < 0 || index >= symbols.length || symbols[index] == null) {
                throw UncheckedValueException.INSTANCE;
            }
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addBinary(symbols[in.readInt()]);
        }
    }

    /** A record: the writer's fields in order, then the defaults of those that the writer lacks. */
    static final class Group implements Value {
        private final Field[] fields;

        Group(List<Field> fields) {
            this.fields = fields.toArray(Field[]::new);
        }

        @Override
        public void check(AvroBytes in) {
            for (Field field : fields) {
                field.check(in);
            }
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.startGroup();
            for (Field field : fields) {
                field.write(in, out);
            }
            out.endGroup();
        }
    }

    /** An array. */
    static final class Items implements Value {
        private final Field element;

        Items(Field element) {
            this.element = element;
        }

        @Override
        public void check(AvroBytes in) {
            long total = 0;
            for (long block = in.readBlock(); block != 0; block = in.readBlock()) {
                int end = in.blockEnd();
                total += block;
                checkTotal(total, block);
                for (long i = 0; i < block; i++) {
                    element.check(in);
                }
                in.checkBlockEnd(end);
            }
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.startGroup();
            long block = in.readBlock();
            if (block != 0) {
                out.startField("list", 0);
                for (; block != 0; block = in.readBlock()) {
                    for (long i = 0; i < block; i++) {
                        out.startGroup();
                        element.write(in, out);
                        out.endGroup();
                    }
                }
                out.endField("list", 0);
            }
            out.endGroup();
        }
    }

    /** A map. */
    static final class Entries implements Value {
        private final Field value;
        private final DistinctKeys keys = new DistinctKeys();

        Entries(Field value) {
            this.value = value;
        }

        @Override
        public void check(AvroBytes in) {
            long total = 0;
            for (long block = in.readBlock(); block != 0; block = in.readBlock()) {
                int end = in.blockEnd();
                total += block;
                checkTotal(total, block);
                if (total == block) {
                    keys.clear();
                }
                for (long i = 0; i < block; i++) {
                    int length = in.readLength();
                    keys.add(in.bytes, in.position, length);
                    in.skip(length);
                    value.check(in);
                }
                in.checkBlockEnd(end);
            }
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.startGroup();
            long block = in.readBlock();
            if (block != 0) {
                out.startField("key_value", 0);
                for (; block != 0; block = in.readBlock()) {
                    for (long i = 0; i < block; i++) {
                        out.startGroup();
                        out.startField("key", 0);
                        BYTES.write(in, out);
                        out.endField("key", 0);
                        value.write(in, out);
                        out.endGroup();
                    }
                }
                out.endField("key_value", 0);
            }
            out.endGroup();
        }
    }

    private static void checkTotal(long total, long block) {
        if (total > ITEMS_MAX || block > ITEMS_MAX) {
            throw UncheckedValueException.INSTANCE;
        }
    }

    /** Finds out whether the keys of a map are distinct. If they are not, or too many to compare, Avro's reader merges them. */
    private static final class DistinctKeys {
        private static final int KEYS_MAX = 64;
        private final int[] from = new int[KEYS_MAX];
        private final int[] to = new int[KEYS_MAX];
        private int count;

        void clear() {
            count = 0;
        }

        void add(byte[] bytes, int position, int length) {
            if (count == KEYS_MAX) {
                throw UncheckedValueException.INSTANCE;
            }
            for (int i = 0; i < count; i++) {
                if (Arrays.equals(bytes, from[i], to[i], bytes, position, position + length)) {
                    throw UncheckedValueException.INSTANCE;
                }
            }
            from[count] = position;
            to[count++] = position + length;
        }
    }
}
