package io.tailrace.loader;

import io.tailrace.protocol.TopicPartition;
import java.util.Map;

/** Tells the brokers how far the loader's group has come, for lag tools. The loader itself never asks. */
@FunctionalInterface
interface GroupOffsets {
    /** Commits ends, exclusive. */
    void commit(Map<TopicPartition, Long> offsets);
}
