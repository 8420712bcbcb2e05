package io.tailrace.loader.commit;

import io.tailrace.protocol.TopicPartition;
import java.util.Map;

/** Commits the loader group's offsets to the brokers, for lag tools. The loader never reads them. */
@FunctionalInterface
public interface OffsetCommitter {
    /** Commits end offsets, exclusive. */
    void commit(Map<TopicPartition, Long> endOffsets);
}
