package io.tailrace.protocol.codec;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Numbers of fixed size, big-endian. In between they are longs, so that nothing is boxed. */
enum NumberType implements WireType {
    BOOLEAN(Byte.BYTES) {
        @Override
        long read(MessageReader in) {
            return in.int8() != 0 ? 1 : 0;
        }

        @Override
        void write(long value, MessageWriter out) {
            out.int8((int) value);
        }

        @Override
        Object box(long value) {
            return value != 0;
        }

        @Override
        long unbox(Object value) {
            return (Boolean) value ? 1 : 0;
        }
    },
    INT8(Byte.BYTES) {
        @Override
        long read(MessageReader in) {
            return in.int8();
        }

        @Override
        void write(long value, MessageWriter out) {
            out.int8((int) value);
        }

        @Override
        Object box(long value) {
            return (byte) value;
        }
    },
    INT16(Short.BYTES) {
        @Override
        long read(MessageReader in) {
            return in.int16();
        }

        @Override
        void write(long value, MessageWriter out) {
            out.int16((short) value);
        }

        @Override
        Object box(long value) {
            return (short) value;
        }
    },
    INT32(Integer.BYTES) {
        @Override
        long read(MessageReader in) {
            return in.int32();
        }

        @Override
        void write(long value, MessageWriter out) {
            out.int32((int) value);
        }

        @Override
        Object box(long value) {
            return (int) value;
        }
    },
    INT64(Long.BYTES) {
        @Override
        long read(MessageReader in) {
            return in.int64();
        }

        @Override
        void write(long value, MessageWriter out) {
            out.int64(value);
        }

        @Override
        Object box(long value) {
            return value;
        }
    },
    /** The bits of a double. */
    FLOAT64(Double.BYTES) {
        @Override
        long read(MessageReader in) {
            return in.int64();
        }

        @Override
        void write(long value, MessageWriter out) {
            out.int64(value);
        }

        @Override
        Object box(long value) {
            return Double.longBitsToDouble(value);
        }

        @Override
        long unbox(Object value) {
            return Double.doubleToRawLongBits((Double) value);
        }
    };

    private final int bytes;

    NumberType(int bytes) {
        this.bytes = bytes;
    }

    abstract long read(MessageReader in);

    abstract void write(long value, MessageWriter out);

    abstract Object box(long value);

    long unbox(Object value) {
        return ((Number) value).longValue();
    }

    @Override
    public int bytesMin() {
        return bytes;
    }

    @Override
    public Object readObject(MessageReader in) {
        return box(read(in));
    }

    @Override
    public void writeObject(@Nullable Object value, MessageWriter out) {
        write(unbox(Objects.requireNonNull(value)), out);
    }
}
