package io.tailrace.schemas.audit;

import org.apache.commons.codec.digest.MurmurHash3;

/**
 * The hash of a record's Avro binary encoding: Murmur3 for x64 of 128 bits, with seed 0. Immutable.
 *
 * <p>It finds lost, doubled and altered records. It is not a defence against someone who makes up records on purpose.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record ContentHash(long high, long low) {
    private static final int SEED = 0;

    /** The hash of a whole array. */
    public static ContentHash of(byte[] encoded) {
        return of(encoded, 0, encoded.length);
    }

    /** The hash of a part of an array, as of a framed record without its header. */
    public static ContentHash of(byte[] bytes, int offset, int length) {
        long[] hash = MurmurHash3.hash128x64(bytes, offset, length, SEED);
        return new ContentHash(hash[0], hash[1]);
    }
}
