package io.tailrace.log;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The latest offset of each key, in bounded memory: open addressing over the first 16 bytes of each key's SHA-256. Not
 * thread-safe.
 *
 * <p>Keys themselves are not kept, so two keys with the same 16 bytes would be taken for one. With 5 million keys that has a
 * probability of 4e-26. The hash is not MD5 because such keys must be hard to make on purpose.
 */
final class OffsetMap {
    /** Hash and offset. */
    static final int ENTRY_BYTES = 24;
    /** No offset is known. */
    static final long NONE = -1;

    private static final int LONGS_PER_ENTRY = 3;
    private static final int ENTRIES_MAX = (1 << 30) / LONGS_PER_ENTRY;
    private static final double LOAD_MAX = 0.75;
    private static final int SHA_256_BYTES = 32;

    /** For each entry two longs of the hash, and the offset plus one; 0 marks a free entry. */
    private final long[] entries;

    private final int entryCount;
    private final int keysMax;
    private int keyCount;

    private final MessageDigest digest;
    private final byte[] hash = new byte[SHA_256_BYTES];
    private final ByteBuffer hashBuffer = ByteBuffer.wrap(hash);

    /**
     * Creates a map, with all the memory that it will use.
     *
     * @param bytesMax bound of that memory
     * @param keysExpected how many keys there are at most, if fewer fit in
     */
    OffsetMap(long bytesMax, long keysExpected) {
        long entriesMax = Math.min(ENTRIES_MAX, Math.max(2, bytesMax / ENTRY_BYTES));
        long entriesExpected = (long) (Math.min(keysExpected, ENTRIES_MAX) / LOAD_MAX) + 2;
        this.entryCount = (int) Math.min(entriesMax, entriesExpected);
        this.keysMax = Math.max(1, (int) (entryCount * LOAD_MAX));
        this.entries = new long[entryCount * LONGS_PER_ENTRY];
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Sets the latest offset of a key. Returns false, and changes nothing, if the key is new and the map is full. */
    boolean put(ByteBuffer key, long offset) {
        int at = find(key);
        if (entries[at + 2] == 0) {
            if (keyCount == keysMax) {
                return false;
            }
            keyCount++;
            entries[at] = hashBuffer.getLong(0);
            entries[at + 1] = hashBuffer.getLong(Long.BYTES);
        }
        entries[at + 2] = offset + 1;
        return true;
    }

    /** The latest offset of a key, or {@link #NONE}. */
    long get(ByteBuffer key) {
        return entries[find(key) + 2] - 1;
    }

    boolean isEmpty() {
        return keyCount == 0;
    }

    /** The entry of a key, or the free one where it would be put. */
    private int find(ByteBuffer key) {
        digest.update(key);
        try {
            digest.digest(hash, 0, SHA_256_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("the hash has room for SHA-256", e);
        }
        long high = hashBuffer.getLong(0);
        long low = hashBuffer.getLong(Long.BYTES);
        // The upper half of the hash, scaled to the number of entries.
        int entry = (int) (((high >>> Integer.SIZE) * entryCount) >>> Integer.SIZE);
        while (true) {
            int at = entry * LONGS_PER_ENTRY;
            boolean isFree = entries[at + 2] == 0;
            if (isFree || (entries[at] == high && entries[at + 1] == low)) {
                return at;
            }
            entry = entry + 1 == entryCount ? 0 : entry + 1;
        }
    }
}
