package io.tailrace.loader.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import org.junit.jupiter.api.Test;

class LayoutTest {

    @Test
    void namesFilesByTopicPartitionAndOffsets() {
        assertThat(Layout.fileName(new TopicPartition("access-log", 3), 0, 17, 4172))
                .isEqualTo("access-log-3-17-4172.parquet");
    }

    @Test
    void cutsALongTopicSoThatTheFileNameFits() {
        TopicPartition partition = new TopicPartition("t".repeat(249), Integer.MAX_VALUE);

        String name = Layout.fileName(partition, 0, Long.MAX_VALUE - 1, Long.MAX_VALUE);

        assertThat(name).hasSize(255).endsWith("t-2147483647-9223372036854775806-9223372036854775807.parquet");
    }
}
