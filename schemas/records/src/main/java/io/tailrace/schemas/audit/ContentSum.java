package io.tailrace.schemas.audit;

import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many records there are, and the sum of their content hashes modulo 2^128. It does not depend on their order, and
 * records can be taken out again. Immutable; equal if count and sum are equal.
 *
 * @param count number of records; negative if more were taken out than put in
 * @param high the first 64 bits of the sum
 * @param low the last 64 bits of the sum
 */
public record ContentSum(long count, long high, long low) {
    /** The sum of no records. */
    public static final ContentSum ZERO = new ContentSum(0, 0, 0);

    /** Length of a sum in bytes, without the count. */
    public static final int SUM_BYTES = 16;

    private static final Pattern TEXT = Pattern.compile("(-?\\d{1,19}):([0-9a-f]{16})([0-9a-f]{16})");

    /**
     * The sum that {@link #sumBytes} gave.
     *
     * @throws IllegalArgumentException if there are not 16 bytes
     */
    public static ContentSum of(long count, byte[] sum) {
        if (sum.length != SUM_BYTES) {
            throw new IllegalArgumentException("sum of " + sum.length + " bytes: expected " + SUM_BYTES);
        }
        ByteBuffer bytes = ByteBuffer.wrap(sum);
        return new ContentSum(count, bytes.getLong(), bytes.getLong());
    }

    /**
     * Reads the text that {@link #toString} gives.
     *
     * @throws IllegalArgumentException if it is another text
     */
    public static ContentSum parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "content sum \"" + text + "\": expected a count, a colon and 32 hexadecimal digits");
        }
        // A count of 19 digits can exceed a long: a NumberFormatException, which is an IllegalArgumentException.
        return new ContentSum(
                Long.parseLong(matcher.group(1)),
                Long.parseUnsignedLong(matcher.group(2), 16),
                Long.parseUnsignedLong(matcher.group(3), 16));
    }

    /** This sum with one more record. */
    public ContentSum plus(ContentHash hash) {
        return plus(1, hash.high(), hash.low());
    }

    /** The sum of the records of both. */
    public ContentSum plus(ContentSum other) {
        return plus(other.count, other.high, other.low);
    }

    /** The sum of these records without those of another sum. */
    public ContentSum minus(ContentSum other) {
        long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
        return new ContentSum(count - other.count, high - other.high - borrow, low - other.low);
    }

    private ContentSum plus(long moreCount, long moreHigh, long moreLow) {
        long lowSum = low + moreLow;
        return new ContentSum(count + moreCount, high + moreHigh + carry(lowSum, moreLow), lowSum);
    }

    /** The carry, 0 or 1, of an addition of unsigned 64-bit numbers, by its result and one summand. */
    static long carry(long sum, long summand) {
        return Long.compareUnsigned(sum, summand) < 0 ? 1 : 0;
    }

    /** The sum without the count, in 16 bytes, big-endian. */
    public byte[] sumBytes() {
        return ByteBuffer.allocate(SUM_BYTES).putLong(high).putLong(low).array();
    }

    /** The count, a colon and the sum in 32 hexadecimal digits. */
    @Override
    public String toString() {
        return "%d:%016x%016x".formatted(count, high, low);
    }
}
