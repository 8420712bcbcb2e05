package io.tailrace.log;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Configuration of one log directory.
 *
 * @param path the directory; created if it does not exist
 * @param clusterId the cluster it must belong to
 * @param brokerId the broker it must belong to
 * @param freeBytesMin {@code log.dir.free.bytes.min}: appends are refused while less than this is free on the disk
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}: a producer that has sent nothing for this long is forgotten
 * @param producerIdsMax {@code producer.ids.per.partition.max}: how many producers a partition remembers. Beyond that, the least
 *     recently active one is forgotten, and duplicates of its last batches are no longer detected
 */
public record LogDirectoryConfig(
        Path path, String clusterId, int brokerId, long freeBytesMin, long producerIdExpirationMs, int producerIdsMax) {
    public LogDirectoryConfig {
        Objects.requireNonNull(path);
        Objects.requireNonNull(clusterId);
        if (brokerId < 0 || freeBytesMin < 0 || producerIdExpirationMs < 1 || producerIdsMax < 1) {
            throw new IllegalArgumentException(
                    "broker.id and log.dir.free.bytes.min must not be negative, producer.id.expiration.ms and"
                            + " producer.ids.per.partition.max must be positive; are %d, %d, %d, %d"
                                    .formatted(brokerId, freeBytesMin, producerIdExpirationMs, producerIdsMax));
        }
    }
}
