package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topic names up to Kafka's 249 letters, and names that no file can have. */
class LongNamesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 200, 211, 212, 213, 214, 248, 249})
    void aTopicOfAnyLengthIsCreatedUsedDeletedAndCreatedAgain(int letters, @TempDir Path path, @TempDir Path crash)
            throws IOException {
        try (LogFixture fixture = new LogFixture(path, LogFixture.SMALL_SEGMENTS)) {
            String topic = "t".repeat(letters);
            LogDirectory directory = fixture.open();
            for (int index : new int[] {0, 7, 99_999}) {
                TopicPartition partition = new TopicPartition(topic, index);
                Log log = directory.create(partition, fixture.config, fixture.nowMs);
                log.appendAsLeader(Batches.of(2, 1), 0, fixture.nowMs);
                directory.delete(partition, fixture.nowMs);
                assertThat(directory
                                .create(partition, fixture.config, fixture.nowMs)
                                .logEndOffset())
                        .isZero();
                ByteBuffer batch = Batches.of(3, 2);
                directory.log(partition).orElseThrow().appendAsLeader(batch, 0, fixture.nowMs);
                directory.delete(new TopicPartition("other", index), fixture.nowMs);
            }
            LogDirectory crashed = fixture.crashedCopy(crash).open();
            assertThat(crashed.logs()).hasSize(3).allMatch(log -> log.logEndOffset() == 3);
            crashed.close();
            fixture.stop();
            LogDirectory reopened = fixture.open();
            assertThat(reopened.logs()).hasSize(3).allMatch(log -> log.logEndOffset() == 3);
            for (int index : new int[] {0, 7, 99_999}) {
                reopened.delete(new TopicPartition(topic, index), fixture.nowMs);
            }
            reopened.maintain(fixture.nowMs, partition -> 0);
            fixture.stop();
            assertThat(fixture.open().logs()).isEmpty();
            assertThat(fixture.failures).isEmpty();
        }
    }

    @Test
    void aNameThatNoFileCanHaveIsRefusedAndConcernsNoOtherLog(@TempDir Path path) throws IOException {
        try (LogFixture fixture = new LogFixture(path, LogFixture.SMALL_SEGMENTS)) {
            Log healthy = fixture.openLog();
            TopicPartition unnameable = new TopicPartition("t".repeat(249), 100_000);
            assertThatThrownBy(() -> fixture.directory().create(unnameable, fixture.config, fixture.nowMs))
                    .isInstanceOf(LogOperationException.class)
                    .hasMessageContaining("File name too long");
            assertThat(fixture.directory().isOffline()).isFalse();
            assertThat(fixture.directory().log(unnameable)).isEmpty();
            healthy.appendAsLeader(Batches.of(1, 1), 0, fixture.nowMs);
            assertThat(fixture.failures).isEmpty();
        }
    }
}
