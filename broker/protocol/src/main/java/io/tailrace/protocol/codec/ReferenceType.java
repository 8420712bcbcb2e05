package io.tailrace.protocol.codec;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The types of objects. Reading and writing refuse null unless the type says otherwise. */
sealed interface ReferenceType extends WireType
        permits StructType,
                ReferenceType.OfErrorCode,
                ReferenceType.OfUuid,
                ReferenceType.OfString,
                ReferenceType.OfBytes,
                ReferenceType.OfRecords,
                ReferenceType.OfList,
                ReferenceType.OfNullableStruct {

    /** An int16: an error of the protocol. */
    record OfErrorCode() implements ReferenceType {
        @Override
        public int bytesMin() {
            return Short.BYTES;
        }

        @Override
        public Object readObject(MessageReader in) {
            return ErrorCode.of(in.int16());
        }

        @Override
        public void writeObject(@Nullable Object value, MessageWriter out) {
            out.int16(((ErrorCode) present(value)).number());
        }
    }

    /** Sixteen bytes, most significant first. */
    record OfUuid() implements ReferenceType {
        @Override
        public int bytesMin() {
            return 2 * Long.BYTES;
        }

        @Override
        public Object readObject(MessageReader in) {
            long high = in.int64();
            return new UUID(high, in.int64());
        }

        @Override
        public void writeObject(@Nullable Object value, MessageWriter out) {
            UUID uuid = (UUID) present(value);
            out.int64(uuid.getMostSignificantBits());
            out.int64(uuid.getLeastSignificantBits());
        }
    }

    /** UTF-8 preceded by its length: an int16, or compact. */
    record OfString(boolean compact, boolean nullable) implements ReferenceType {
        @Override
        public int bytesMin() {
            return compact ? 1 : Short.BYTES;
        }

        @Override
        public @Nullable Object readObject(MessageReader in) {
            int length = in.stringLength(compact);
            if (length < 0) {
                return absent(nullable, in);
            }
            return length == 0 ? "" : in.string(length);
        }

        @Override
        public void writeObject(@Nullable Object value, MessageWriter out) {
            if (value == null && nullable) {
                out.nullString(compact);
            } else {
                out.string((String) present(value), compact);
            }
        }
    }

    /** Bytes preceded by their length, an int32 or compact. */
    record OfBytes(boolean compact, boolean nullable) implements ReferenceType {
        @Override
        public int bytesMin() {
            return compact ? 1 : Integer.BYTES;
        }

        @Override
        public @Nullable Object readObject(MessageReader in) {
            int length = in.bytesLength(compact);
            return length < 0 ? absent(nullable, in) : Bytes.copyOf(in.slice(length));
        }

        @Override
        public void writeObject(@Nullable Object value, MessageWriter out) {
            if (value == null && nullable) {
                out.count(-1, compact);
            } else {
                Bytes bytes = (Bytes) present(value);
                out.count(bytes.size(), compact);
                out.raw(bytes.buffer());
            }
        }
    }

    /** Record batches preceded by their length, an int32 or compact; never copied. */
    record OfRecords(boolean compact, boolean nullable) implements ReferenceType {
        @Override
        public int bytesMin() {
            return compact ? 1 : Integer.BYTES;
        }

        @Override
        public @Nullable Object readObject(MessageReader in) {
            int length = in.bytesLength(compact);
            return length < 0 ? absent(nullable, in) : RecordsPayload.of(in.slice(length));
        }

        @Override
        public void writeObject(@Nullable Object value, MessageWriter out) {
            if (value == null && nullable) {
                out.count(-1, compact);
            } else {
                RecordsPayload records = (RecordsPayload) present(value);
                out.count(records.sizeInBytes(), compact);
                out.records(records);
            }
        }
    }

    /** Elements preceded by their count: an int32, or compact. */
    record OfList(WireType element, boolean compact, boolean nullable) implements ReferenceType {
        @Override
        public int bytesMin() {
            return compact ? 1 : Integer.BYTES;
        }

        @Override
        public @Nullable Object readObject(MessageReader in) {
            int count = in.count(compact, element.bytesMin());
            if (count < 0) {
                return absent(nullable, in);
            }
            if (count == 0) {
                return List.of();
            }
            @Nullable Object[] elements = new @Nullable Object[count];
            int i = 0;
            try {
                for (; i < count; i++) {
                    elements[i] = element.readObject(in);
                }
            } catch (MalformedMessageException e) {
                throw e.within("[" + i + "]");
            }
            return Collections.unmodifiableList(Arrays.asList(elements));
        }

        @Override
        public void writeObject(@Nullable Object value, MessageWriter out) {
            if (value == null && nullable) {
                out.count(-1, compact);
                return;
            }
            List<?> elements = (List<?>) present(value);
            out.count(elements.size(), compact);
            for (Object each : elements) {
                element.writeObject(each, out);
            }
        }
    }

    /** A record that may be null: the byte 1 and the record, or the byte -1; in a tagged field 0 instead of -1. */
    record OfNullableStruct(StructType struct, boolean tagged) implements ReferenceType {
        @Override
        public int bytesMin() {
            return Byte.BYTES;
        }

        @Override
        public @Nullable Object readObject(MessageReader in) {
            return in.int8() <= nullMark() ? null : struct.readObject(in);
        }

        @Override
        public void writeObject(@Nullable Object value, MessageWriter out) {
            out.int8(value == null ? nullMark() : 1);
            if (value != null) {
                struct.writeObject(value, out);
            }
        }

        private int nullMark() {
            return tagged ? 0 : -1;
        }
    }

    private static Object present(@Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("expected a value in this version, found null");
        }
        return value;
    }

    private static @Nullable Object absent(boolean nullable, MessageReader in) {
        if (!nullable) {
            throw in.malformed("expected a value in this version, found null");
        }
        return null;
    }
}
