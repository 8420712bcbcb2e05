package io.tailrace.loader.table;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;

/** Turns bytes of types that Hive does not have into text, and back. */
final class TextConversion {
    /** A decimal with more digits behind the point is written with an exponent. */
    private static final int PLAIN_SCALE_MAX = 1_000;

    private static final long MILLIS_PER_SECOND = 1_000;
    private static final int DURATION_BYTES = 12;
    private static final Pattern DURATION = Pattern.compile("P(\\d{1,10})M(\\d{1,10})DT(\\d{1,7})\\.(\\d{3})S");

    private TextConversion() {}

    /** Returns the conversion of a type for which {@link RowSchema#isText} is true. */
    static ValueConversion of(Schema schema) {
        LogicalType logical = schema.getLogicalType();
        if (logical instanceof LogicalTypes.Decimal decimal) {
            int scale = decimal.getScale();
            return of(schema, bytes -> decimal(bytes, scale), text -> unscaled(text, schema));
        }
        return logical instanceof LogicalTypes.Uuid
                ? of(schema, TextConversion::uuid, TextConversion::uuidBytes)
                : of(schema, TextConversion::duration, TextConversion::durationBytes);
    }

    private static ValueConversion of(Schema schema, Function<byte[], String> text, Function<String, byte[]> bytes) {
        return new ValueConversion(value -> text.apply(bytes(value)), value -> {
            byte[] found = bytes.apply(value.toString());
            // A row may have been changed to another text of the same value, such as 1.50 to 15E-1.
            if (!text.apply(found).equals(value.toString())) {
                throw new IllegalArgumentException("not as the loader writes it: " + value);
            }
            return schema.getType() == Schema.Type.FIXED
                    ? new GenericData.Fixed(schema, found)
                    : ByteBuffer.wrap(found);
        });
    }

    private static byte[] bytes(Object value) {
        if (value instanceof GenericFixed fixed) {
            return fixed.bytes();
        }
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static String decimal(byte[] unscaled, int scale) {
        BigDecimal decimal = new BigDecimal(unscaled.length == 0 ? BigInteger.ZERO : new BigInteger(unscaled), scale);
        return scale <= PLAIN_SCALE_MAX ? decimal.toPlainString() : decimal.toString();
    }

    /** The shortest bytes, as {@link BigInteger#toByteArray} gives them, or as many as the type has. */
    private static byte[] unscaled(String text, Schema schema) {
        byte[] bytes = new BigDecimal(text).unscaledValue().toByteArray();
        if (schema.getType() != Schema.Type.FIXED) {
            return bytes;
        }
        int missing = schema.getFixedSize() - bytes.length;
        if (missing < 0) {
            throw new IllegalArgumentException("more digits than " + schema + " has: " + text);
        }
        byte[] fixed = new byte[schema.getFixedSize()];
        Arrays.fill(fixed, 0, missing, (byte) (bytes[0] < 0 ? -1 : 0));
        System.arraycopy(bytes, 0, fixed, missing, bytes.length);
        return fixed;
    }

    private static String uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong()).toString();
    }

    private static byte[] uuidBytes(String text) {
        UUID uuid = UUID.fromString(text);
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    /** Months, days and milliseconds, each an unsigned number of four bytes, the lowest byte first. */
    private static String duration(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        String months = Integer.toUnsignedString(buffer.getInt());
        String days = Integer.toUnsignedString(buffer.getInt());
        long millis = Integer.toUnsignedLong(buffer.getInt());
        return String.format(
                Locale.ROOT, "P%sM%sDT%d.%03dS", months, days, millis / MILLIS_PER_SECOND, millis % MILLIS_PER_SECOND);
    }

    private static byte[] durationBytes(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a duration: " + text);
        }
        return ByteBuffer.allocate(DURATION_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Integer.parseUnsignedInt(matcher.group(1)))
                .putInt(Integer.parseUnsignedInt(matcher.group(2)))
                .putInt(Integer.parseUnsignedInt(matcher.group(3) + matcher.group(4)))
                .array();
    }
}
