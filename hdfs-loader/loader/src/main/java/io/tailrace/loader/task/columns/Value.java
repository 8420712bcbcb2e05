package io.tailrace.loader.task.columns;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/** A value that is not null, without its place in a row. */
interface Value {
    /**
     * Moves past a value.
     *
     * @throws UncheckedValueException if it is not sound
     */
    void check(AvroBytes in);

    /** Writes a value that was checked, and moves past it. */
    void write(AvroBytes in, RecordConsumer out);

    Value INT = new Value() {
        @Override
        public void check(AvroBytes in) {
            in.readInt();
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addInteger(in.readInt());
        }
    };

    Value LONG = new Value() {
        @Override
        public void check(AvroBytes in) {
            in.readLong();
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addLong(in.readLong());
        }
    };

    Value FLOAT = new Value() {
        @Override
        public void check(AvroBytes in) {
            in.skip(Float.BYTES);
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addFloat(in.readFloat());
        }
    };

    Value DOUBLE = new Value() {
        @Override
        public void check(AvroBytes in) {
            in.skip(Double.BYTES);
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addDouble(in.readDouble());
        }
    };

    Value BOOLEAN = new Value() {
        @Override
        public void check(AvroBytes in) {
            int value = in.readByte();
            if (value != 0 && value != 1) {
                throw UncheckedValueException.INSTANCE;
            }
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addBoolean(in.readByte() == 1);
        }
    };

    /** Bytes or a string: both have the same encoding and the same column. */
    Value BYTES = new Value() {
        @Override
        public void check(AvroBytes in) {
            in.skip(in.readLength());
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            int length = in.readLength();
            out.addBinary(Binary.fromReusedByteArray(in.bytes, in.position, length));
            in.skip(length);
        }
    };

    /** Bytes of a fixed length. */
    record Fixed(int length) implements Value {
        @Override
        public void check(AvroBytes in) {
            in.skip(length);
        }

        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addBinary(Binary.fromReusedByteArray(in.bytes, in.position, length));
            in.skip(length);
        }
    }
}
