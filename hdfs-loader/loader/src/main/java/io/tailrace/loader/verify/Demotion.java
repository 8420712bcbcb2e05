package io.tailrace.loader.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * The inverse of Avro's promotions: numbers are narrowed, strings and bytes exchanged. Above these limits, several whole numbers
 * have the same floating point number.
 */
final class Demotion {
    /** Smaller whole numbers each have a float. */
    private static final double FLOAT_EXACT_MAX = 1L << 24;

    /** Smaller whole numbers each have a double. */
    private static final double DOUBLE_EXACT_MAX = 1L << 53;

    /** Stands in a string for bytes that are not UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private Demotion() {}

    static Restoration of(Schema.Type writer, Schema.Type reader, String path) {
        return switch (writer) {
            case INT -> value -> (int) whole(value, reader, Integer.MIN_VALUE, Integer.MAX_VALUE, path);
            case LONG -> value -> whole(value, reader, Long.MIN_VALUE, Long.MAX_VALUE, path);
            case FLOAT -> value -> toFloat(value, path);
            case STRING -> value -> text(Restoration.nonNull(value, path));
            case BYTES -> value -> bytes(Restoration.nonNull(value, path), path);
            default -> Restoration.lost("field " + path + " was read as " + reader);
        };
    }

    private static Utf8 text(Object value) {
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return new Utf8(bytes);
    }

    /** Bytes that were read as a string need not be valid UTF-8. */
    private static ByteBuffer bytes(Object value, String path) throws LostValueException {
        if (value instanceof Utf8 text) {
            return ByteBuffer.wrap(text.getBytes(), 0, text.getByteLength());
        }
        String text = value.toString();
        if (text.indexOf(REPLACEMENT) >= 0) {
            throw new LostValueException("field " + path + " was read as a string, and was not valid UTF-8");
        }
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long whole(@Nullable Object value, Schema.Type reader, long least, long most, String path)
            throws AlteredValueException, LostValueException {
        Number number = (Number) Restoration.nonNull(value, path);
        long whole = number.longValue();
        if (reader != Schema.Type.LONG) {
            double decimal = number.doubleValue();
            // Compared as bits, so that -0.0, which no whole number becomes, is not 0.0.
            if (Double.doubleToLongBits(decimal) != Double.doubleToLongBits((double) whole)) {
                throw altered(number, path);
            }
            double exactMax = reader == Schema.Type.FLOAT ? FLOAT_EXACT_MAX : DOUBLE_EXACT_MAX;
            if (Math.abs(decimal) >= exactMax) {
                throw new LostValueException("field " + path + " was read as " + reader.getName()
                        + ", which does not have all digits of " + number);
            }
        }
        if (whole < least || whole > most) {
            throw altered(number, path);
        }
        return whole;
    }

    private static float toFloat(@Nullable Object value, String path) throws AlteredValueException {
        Number number = (Number) Restoration.nonNull(value, path);
        float narrow = number.floatValue();
        if (Double.compare(narrow, number.doubleValue()) != 0) {
            throw altered(number, path);
        }
        return narrow;
    }

    private static AlteredValueException altered(Number number, String path) {
        return new AlteredValueException("field " + path + ": no value of the record's schema is read as " + number);
    }
}
