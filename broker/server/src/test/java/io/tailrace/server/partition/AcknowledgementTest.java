package io.tailrace.server.partition;

import static io.tailrace.server.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.AppendResult;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Event;
import io.tailrace.replication.Replica;
import io.tailrace.server.Batches;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for an acknowledgement while the broker loses what it leads. */
class AcknowledgementTest {
    private static final int NEXT_EPOCH = TwoReplicas.LEADER_EPOCH + 1;

    private TwoReplicas replicas;
    private final List<ErrorCode> answers = new ArrayList<>();

    @BeforeEach
    void lead(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    @Test
    void recordsThatTookTheOffsetsOfTruncatedOnesDoNotAcknowledgeThem() throws Exception {
        Append append = append("lost");
        assertThat(append.leaderEpoch()).isEqualTo(TwoReplicas.LEADER_EPOCH);
        replicas.elect(2, NEXT_EPOCH);
        replicas.handle(new Event.Diverged(NEXT_EPOCH, new EpochEnd(-1, 0)));
        ByteBuffer others = Batches.stamped(0, NEXT_EPOCH, "other", "records");
        assertThat(replicas.partition().copy(new LeaderAnswer(NEXT_EPOCH, others, 2, 0)))
                .isEmpty();
        replicas.elect(1, NEXT_EPOCH + 1);
        assertThat(replicas.highWatermark()).isEqualTo(2);

        await(append);

        assertThat(answers).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whatWasLostBeforeAnybodyWaitedIsNotAcknowledged() throws Exception {
        Append append = append("lost");
        replicas.elect(2, NEXT_EPOCH);

        await(append);

        assertThat(append.acknowledged()).isFalse();
        assertThat(answers).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whatIsAcknowledgedIsToldWithTheAppendThatRepeatsIt() throws Exception {
        ByteBuffer first = batch(7, 0, "a");
        ByteBuffer again = batch(7, 0, "a");
        replicas.partition().append(first, Replica.ANY_EPOCH, true);
        replicas.followerFetches(1);

        Append repeated = replicas.partition().append(again, Replica.ANY_EPOCH, true);

        assertThat(repeated.result()).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(repeated.acknowledged()).isTrue();
    }

    @Test
    void withoutALeaseNothingIsAppendedOrAcknowledged() throws Exception {
        Append append = append("a");
        await(append);
        replicas.lease(false);

        assertThat(append("b").result())
                .isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error())
                        .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(replicas.logEndOffset()).isEqualTo(1);
        replicas.partition().leaseEnded();
        await(append);
        assertThat(answers).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NOT_LEADER_OR_FOLLOWER);

        replicas.lease(true);
        assertThat(append("b").result()).isInstanceOf(AppendResult.Appended.class);
    }

    private Append append(String value) {
        return replicas.partition().append(batch(value), Replica.ANY_EPOCH, true);
    }

    private void await(Append append) {
        replicas.partition().awaitAcks(1, append.leaderEpoch(), answers::add);
    }
}
