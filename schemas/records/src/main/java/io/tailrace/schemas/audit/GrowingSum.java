package io.tailrace.schemas.audit;

/** A {@link ContentSum} to which records are added, without an object for each. Not thread-safe. */
public final class GrowingSum {
    /** The hash of the latest record, its low half first. */
    private final long[] hash = ContentHash.XXH128.newResultArray();

    private long count;
    private long high;
    private long low;

    /** Adds a record: a part of an array, as of a framed record without its header. */
    public void add(byte[] bytes, int offset, int length) {
        ContentHash.XXH128.hashBytes(bytes, offset, length, hash);
        add(1, hash[1], hash[0]);
    }

    /** Adds the records of another sum. */
    public void add(ContentSum other) {
        add(other.count(), other.high(), other.low());
    }

    private void add(long moreCount, long moreHigh, long moreLow) {
        long lowSum = low + moreLow;
        count += moreCount;
        high += moreHigh + ContentSum.carry(lowSum, moreLow);
        low = lowSum;
    }

    /** The sum as it is now. */
    public ContentSum sum() {
        return new ContentSum(count, high, low);
    }
}
