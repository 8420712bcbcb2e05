package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Chooses a record's partition. Keys are hashed as in Kafka's clients, so both choose the same partition for a key. Records
 * without a key go to one partition until it has a batch's worth of bytes, then to the next, so that batches fill (KIP-480,
 * KIP-794).
 *
 * <p>Thread-safe.
 */
final class Partitioner {
    private final int stickyBytes;
    private final Map<String, Turn> turns = new ConcurrentHashMap<>();

    Partitioner(int stickyBytes) {
        this.stickyBytes = stickyBytes;
    }

    /** The partition of a key. */
    static int ofKey(byte[] key, int partitionCount) {
        return (murmur2(key) & Integer.MAX_VALUE) % partitionCount;
    }

    /** The partition for a record without a key, of this many bytes. Prefers partitions with a leader. */
    int next(String topic, int bytes, MetadataSnapshot snapshot, int partitionCount) {
        return turns.computeIfAbsent(topic, name -> new Turn()).next(topic, bytes, snapshot, partitionCount);
    }

    /** The current partition of a topic. */
    private final class Turn {
        private int partition = -1;
        private int bytesLeft;

        synchronized int next(String topic, int bytes, MetadataSnapshot snapshot, int partitionCount) {
            if (bytesLeft <= 0 || partition >= partitionCount || !hasLeader(topic, partition, snapshot)) {
                advance(topic, snapshot, partitionCount);
                bytesLeft = stickyBytes;
            }
            bytesLeft -= bytes;
            return partition;
        }

        private void advance(String topic, MetadataSnapshot snapshot, int partitionCount) {
            int start = (partition + 1) % partitionCount;
            partition = start;
            for (int i = 0; i < partitionCount; i++) {
                int candidate = (start + i) % partitionCount;
                if (hasLeader(topic, candidate, snapshot)) {
                    partition = candidate;
                    return;
                }
            }
        }

        private static boolean hasLeader(String topic, int partition, MetadataSnapshot snapshot) {
            return partition >= 0 && snapshot.leader(new TopicPartition(topic, partition)) != null;
        }
    }

    /** MurmurHash2, 32 bits, little-endian, with the seed that Kafka's clients use. */
    static int murmur2(byte[] data) {
        final int m = 0x5bd1e995;
        int h = 0x9747b28c ^ data.length;
        int blocks = data.length / 4;
        for (int i = 0; i < blocks; i++) {
            int at = i * 4;
            int k = (data[at] & 0xff)
                    | ((data[at + 1] & 0xff) << 8)
                    | ((data[at + 2] & 0xff) << 16)
                    | ((data[at + 3] & 0xff) << 24);
            k *= m;
            k ^= k >>> 24;
            k *= m;
            h = (h * m) ^ k;
        }
        int tail = blocks * 4;
        for (int i = data.length - 1; i >= tail; i--) {
            h ^= (data[i] & 0xff) << (8 * (i - tail));
        }
        if (data.length > tail) {
            h *= m;
        }
        h ^= h >>> 13;
        h *= m;
        return h ^ (h >>> 15);
    }
}
