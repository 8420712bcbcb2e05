package io.tailrace.server.partition;

import static io.tailrace.server.Batches.stamped;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a follower does with its leader's answers. */
class CopyTest {
    private static final int EPOCH = TwoReplicas.LEADER_EPOCH + 2;
    private static final int LENGTH_AT = 8;
    private static final int MAGIC_AT = 16;

    private TwoReplicas replicas;

    @BeforeEach
    void follow(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        replicas.elect(2, EPOCH);
        assertThat(copy(stamped(0, EPOCH - 1, "a"))).isEqualTo(ErrorCode.NONE);
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    @Test
    void batchWithBadMagicIsRefused() {
        ByteBuffer bytes = stamped(1, EPOCH, "b");
        bytes.put(MAGIC_AT, (byte) 9);
        assertRefused(bytes, ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void batchWithBadLengthIsRefused() {
        ByteBuffer bytes = stamped(1, EPOCH, "b");
        bytes.putInt(LENGTH_AT, -7);
        assertRefused(bytes, ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void batchOfAnEarlierEpochIsRefused() {
        assertRefused(stamped(1, EPOCH - 2, "b"), ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void batchThatIsInTheLogAlreadyIsRefused() {
        assertRefused(stamped(0, EPOCH, "b"), ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    /** Nothing is written, and the next sound answer is taken. */
    private void assertRefused(ByteBuffer batches, ErrorCode error) {
        assertThat(copy(batches)).isEqualTo(error);
        assertThat(replicas.logEndOffset()).isEqualTo(1);
        assertThat(copy(stamped(1, EPOCH, "b"))).isEqualTo(ErrorCode.NONE);
        assertThat(replicas.logEndOffset()).isEqualTo(2);
    }

    private ErrorCode copy(ByteBuffer batches) {
        return replicas.partition()
                .copy(new LeaderAnswer(EPOCH, batches, 0, 0))
                .map(refused -> refused.error())
                .orElse(ErrorCode.NONE);
    }
}
