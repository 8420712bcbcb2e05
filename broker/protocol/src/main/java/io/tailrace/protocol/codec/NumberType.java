package io.tailrace.protocol.codec;

import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.ObjLongConsumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Numbers of fixed size, big-endian. They are passed as longs, so that nothing is boxed. */
@SuppressWarnings("ImmutableEnumChecker") // The functions have no state.
enum NumberType implements WireType {
    BOOLEAN(
            Byte.BYTES,
            in -> in.int8() != 0 ? 1 : 0,
            (out, value) -> out.int8((int) value),
            value -> value != 0,
            value -> (Boolean) value ? 1 : 0),
    INT8(Byte.BYTES, MessageReader::int8, (out, value) -> out.int8((int) value), value -> (byte) value),
    INT16(Short.BYTES, MessageReader::int16, (out, value) -> out.int16((short) value), value -> (short) value),
    INT32(Integer.BYTES, MessageReader::int32, (out, value) -> out.int32((int) value), value -> (int) value),
    INT64(Long.BYTES, MessageReader::int64, MessageWriter::int64, value -> value),
    /** The bits of a double. */
    FLOAT64(
            Double.BYTES,
            MessageReader::int64,
            MessageWriter::int64,
            Double::longBitsToDouble,
            value -> Double.doubleToRawLongBits((Double) value));

    private final int bytes;
    private final ToLongFunction<MessageReader> reader;
    private final ObjLongConsumer<MessageWriter> writer;
    private final LongFunction<Object> boxer;
    private final ToLongFunction<Object> unboxer;

    NumberType(
            int bytes,
            ToLongFunction<MessageReader> reader,
            ObjLongConsumer<MessageWriter> writer,
            LongFunction<Object> boxer) {
        this(bytes, reader, writer, boxer, value -> ((Number) value).longValue());
    }

    NumberType(
            int bytes,
            ToLongFunction<MessageReader> reader,
            ObjLongConsumer<MessageWriter> writer,
            LongFunction<Object> boxer,
            ToLongFunction<Object> unboxer) {
        this.bytes = bytes;
        this.reader = reader;
        this.writer = writer;
        this.boxer = boxer;
        this.unboxer = unboxer;
    }

    long read(MessageReader in) {
        return reader.applyAsLong(in);
    }

    void write(long value, MessageWriter out) {
        writer.accept(out, value);
    }

    @Override
    public int bytesMin() {
        return bytes;
    }

    @Override
    public Object readObject(MessageReader in) {
        return boxer.apply(read(in));
    }

    @Override
    public void writeObject(@Nullable Object value, MessageWriter out) {
        write(unboxer.applyAsLong(Objects.requireNonNull(value)), out);
    }
}
