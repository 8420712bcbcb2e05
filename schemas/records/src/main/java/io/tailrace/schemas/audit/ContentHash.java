package io.tailrace.schemas.audit;

import net.openhft.hashing.LongTupleHashFunction;

/**
 * The hash of a record's Avro binary encoding: XXH3 of 128 bits, with seed 0. Immutable.
 *
 * <p>It finds lost, doubled and altered records. It is not a defence against someone who makes up records on purpose.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record ContentHash(long high, long low) {
    static final LongTupleHashFunction XXH128 = LongTupleHashFunction.xx128();

    /** The hash of a whole array. */
    public static ContentHash of(byte[] encoded) {
        return of(encoded, 0, encoded.length);
    }

    /** The hash of a part of an array, as of a framed record without its header. */
    public static ContentHash of(byte[] bytes, int offset, int length) {
        long[] lowFirst = XXH128.hashBytes(bytes, offset, length);
        return new ContentHash(lowFirst[1], lowFirst[0]);
    }
}
