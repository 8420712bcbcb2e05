package io.tailrace.loader.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class LayoutTest {

    @Test
    void namesFilesByTopicPartitionAndOffsets() {
        assertThat(Layout.fileName(new TopicPartition("access-log", 3), 0, 17, 4172))
                .isEqualTo("access-log-3-17-4172.parquet");
    }

    @Test
    void filesOfATopicThatStartsWithAnUnderscoreAreVisible() {
        assertThat(Layout.fileName(new TopicPartition("_hits", 3), 0, 17, 4172))
                .isEqualTo("topic_hits-3-17-4172.parquet");
        assertThat(new Layout(new Path("/out"), ".hits").mergedFileName(7, 0))
                .isEqualTo("topic.hits-merged-7-0.parquet");
    }

    @Test
    void cutsALongTopicSoThatTheFileNameFits() {
        TopicPartition partition = new TopicPartition("t".repeat(249), Integer.MAX_VALUE);

        String name = Layout.fileName(partition, 0, Long.MAX_VALUE - 1, Long.MAX_VALUE);

        assertThat(name).hasSize(240).endsWith("t-2147483647-9223372036854775806-9223372036854775807.parquet");
    }

    @Test
    void namesTablesAsHiveAllows() {
        Layout layout = new Layout(new Path("/out"), "A.b-c");

        assertThat(layout.tableName(TableKind.ROWS)).isEqualTo("a_b_c");
        assertThat(layout.tableName(TableKind.ERRORS)).isEqualTo("a_b_c_errors");
        assertThat(layout.spareTableName(TableKind.ROWS)).matches("a_b_c_[0-9a-f]{8}");
        assertThat(layout.spareTableName(TableKind.ROWS))
                .isNotEqualTo(new Layout(layout.root(), "a.b.c").spareTableName(TableKind.ROWS));
    }

    @Test
    void theLongestTopicsTablesFitIntoTheMetastore() {
        Layout layout = new Layout(new Path("/out"), "t".repeat(249));

        assertThat(layout.tableName(TableKind.ERRORS)).hasSize(256);
        assertThat(layout.spareTableName(TableKind.ERRORS)).hasSize(256);
    }
}
