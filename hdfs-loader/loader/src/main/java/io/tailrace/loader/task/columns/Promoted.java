package io.tailrace.loader.task.columns;

import org.apache.parquet.io.api.RecordConsumer;

/** A number of a smaller type than its column's: "Schema Resolution" in the Avro specification. */
@SuppressWarnings("ImmutableEnumChecker") // The values it reads with are stateless.
enum Promoted implements Value {
    INT_TO_LONG(INT) {
        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addLong(in.readInt());
        }
    },
    INT_TO_FLOAT(INT) {
        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addFloat(in.readInt());
        }
    },
    INT_TO_DOUBLE(INT) {
        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addDouble(in.readInt());
        }
    },
    LONG_TO_FLOAT(LONG) {
        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addFloat((float) in.readLong());
        }
    },
    LONG_TO_DOUBLE(LONG) {
        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addDouble((double) in.readLong());
        }
    },
    FLOAT_TO_DOUBLE(FLOAT) {
        @Override
        public void write(AvroBytes in, RecordConsumer out) {
            out.addDouble(in.readFloat());
        }
    };

    private final Value written;

    Promoted(Value written) {
        this.written = written;
    }

    @Override
    public void check(AvroBytes in) {
        written.check(in);
    }
}
