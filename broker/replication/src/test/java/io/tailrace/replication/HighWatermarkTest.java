package io.tailrace.replication;

import static io.tailrace.replication.Scenario.log;
import static io.tailrace.replication.Scenario.members;
import static io.tailrace.replication.Scenario.singleReplica;
import static io.tailrace.replication.Scenario.threeReplicas;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.replication.cluster.PartitionState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is acknowledged, and when. */
class HighWatermarkTest {

    @Test
    void aSingleReplicaAcknowledgesWhatItAppends() {
        Scenario s = singleReplica(Scenario.EMPTY).elected(1, 0, 1).appended(5);
        assertThat(s.effects()).containsExactly(new Effect.HighWatermarkAdvanced(5));
        assertThat(s.leader().acknowledged(5)).isTrue();
        assertThat(s.leader().acknowledged(6)).isFalse();
    }

    @Test
    void aSingleReplicaThatIsElectedAgainAcknowledgesItsWholeLog() {
        Scenario s = singleReplica(log(7, 3)).elected(1, 4, 1);
        assertThat(s.effects())
                .containsExactly(new Effect.LeadershipStarted(4, 7), new Effect.HighWatermarkAdvanced(7));
    }

    @Test
    void highWatermarkIsWhatEveryInSyncReplicaHas() {
        Scenario s = threeReplicas(2, Scenario.EMPTY).elected(1, 0, 1, 2, 3).appended(10);
        s.fetched(2, 8, 0);
        assertThat(s.highWatermark()).isZero();
        s.fetched(3, 6, 0);
        assertThat(s.effects()).containsExactly(new Effect.HighWatermarkAdvanced(6));
        s.fetched(3, 10, 0);
        assertThat(s.highWatermark()).isEqualTo(8);
    }

    @Test
    void aReplicaOutsideTheIsrDoesNotHoldTheHighWatermarkBack() {
        Scenario s = threeReplicas(2, Scenario.EMPTY)
                .elected(1, 0, 1, 2)
                .appended(10)
                .fetched(2, 10, 0);
        assertThat(s.highWatermark()).isEqualTo(10);
    }

    @Test
    void highWatermarkMovesOnAcknowledgementsOfTheCurrentEpochOnly() {
        Scenario s = threeReplicas(2, Scenario.EMPTY).elected(1, 3, 1, 2).appended(10);
        FollowerFetch current = s.fetch(2, 10, 3);
        s.step(new Event.Fetched(new FollowerFetch(current.follower(), 2, 10, 3, 0)));
        s.step(new Event.Fetched(new FollowerFetch(current.follower(), Replica.ANY_EPOCH, 10, 3, 0)));
        assertThat(s.highWatermark()).isZero();
        s.elected(1, 4, 1, 2);
        assertThat(s.highWatermark())
                .as("what was acknowledged to epoch 3 counts again")
                .isZero();
        s.fetched(2, 10, 3);
        assertThat(s.highWatermark()).isEqualTo(10);
    }

    @Test
    void aDivergingFollowerAcknowledgesNothing() {
        Scenario s = threeReplicas(2, log(10, 5)).elected(1, 4, 1, 2);
        s.fetched(2, 8, 2);
        assertThat(s.highWatermark()).isEqualTo(5);
        assertThat(s.leader().followerFetch(s.fetch(2, 8, 2)))
                .isEqualTo(new FetchVerdict.Diverging(new EpochEnd(0, 10)));
    }

    @Test
    void aFollowerThatEndsWhereTheLogStartsDivergesByItsEpochToo() {
        LeaderEpochs epochs = LeaderEpochs.EMPTY.append(3, 6);
        Scenario s =
                threeReplicas(1, new LogView(new LogExtent(epochs, 6, 10), 10)).elected(1, 4, 1);
        assertThat(s.leader().followerFetch(s.fetch(2, 6, 2)))
                .isEqualTo(new FetchVerdict.Diverging(new EpochEnd(LeaderEpochs.UNKNOWN, 6)));
        assertThat(s.leader().followerFetch(s.fetch(2, 6, 3))).isEqualTo(new FetchVerdict.Read(10));
        assertThat(s.leader().followerFetch(s.fetch(2, 6, LeaderEpochs.UNKNOWN)))
                .as("a log without records has nothing that could diverge")
                .isEqualTo(new FetchVerdict.Read(10));
    }

    @Test
    void highWatermarkDoesNotAdvanceWhileTooFewAreInSync() {
        Scenario s = threeReplicas(2, Scenario.EMPTY).elected(1, 0, 1).appended(10);
        assertThat(s.highWatermark()).isZero();
        assertThat(s.effects()).isEmpty();
    }

    @Test
    void highWatermarkDoesNotAdvanceWhileLastReplicasStandingAreRemembered() {
        Scenario s = threeReplicas(2, log(10, 5)).read(new PartitionState(1, 2, members(1), members(2), 1, 1, 0));
        s.step(new Event.MinInsyncChanged(1));
        assertThat(s.highWatermark())
                .as("broker 2 may still be elected, and has offset 5 only")
                .isEqualTo(5);
        assertThat(s.leader().proposal().orElseThrow().lastStanding()).isEmpty();
        s.proposalWritten();
        assertThat(s.highWatermark()).isEqualTo(10);
    }

    @Test
    void minInsyncIsNeverMoreThanThereAreReplicas() {
        Scenario s = singleReplica(Scenario.EMPTY).elected(1, 0, 1);
        s.step(new Event.MinInsyncChanged(2));
        assertThat(s.leader().appendable(true)).isEqualTo(ErrorCode.NONE);
        assertThat(s.appended(3).highWatermark()).isEqualTo(3);
    }

    @Test
    void latestOffsetIsNotAvailableUntilTheHighWatermarkReachesTheEpoch() {
        Scenario s = threeReplicas(2, log(10, 5)).elected(1, 4, 1, 2);
        assertThat(s.leader().latestOffset()).isEmpty();
        s.fetched(2, 8, 0);
        assertThat(s.leader().latestOffset()).isEmpty();
        s.fetched(2, 10, 0);
        assertThat(s.leader().latestOffset()).contains(10L);
    }

    @Test
    void consumersReadBelowTheHighWatermarkAndFollowersToTheEnd() {
        Scenario s = threeReplicas(2, log(10, 5)).elected(1, 4, 1, 2);
        assertThat(s.leader().consumerFetch(3)).isEqualTo(new FetchVerdict.Read(5));
        assertThat(s.leader().consumerFetch(7)).as("nothing yet").isEqualTo(new FetchVerdict.Read(7));
        assertThat(s.leader().consumerFetch(11)).isEqualTo(new FetchVerdict.Refused(ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(s.leader().followerFetch(s.fetch(2, 3, 0))).isEqualTo(new FetchVerdict.Read(10));
    }

    @Test
    void acksAllIsRefusedWhileTooFewAreInSyncAndAcksOneIsNot() {
        Scenario s = threeReplicas(2, Scenario.EMPTY).elected(1, 0, 1);
        assertThat(s.leader().appendable(true)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(s.leader().appendable(false)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void waitingAcksFailWhenTooFewStayInSync() {
        Scenario s = threeReplicas(2, Scenario.EMPTY).elected(1, 0, 1, 2).appended(10);
        s.elected(1, 0, 1);
        assertThat(s.effects())
                .contains(new Effect.AcksFailed(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND))
                .doesNotHaveAnyElementsOfTypes(Effect.HighWatermarkAdvanced.class);
    }

    @Test
    void lowWatermarkIsTheLowestLogStartOfTheReplicasInSync() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1, 2);
        s.step(new Event.LogStartMoved(new LogExtent(s.replica().log().epochs().startAt(7), 7, 10)));
        assertThat(s.leader().lowWatermark()).as("broker 2 has not fetched").isEqualTo(-1);
        s.step(new Event.Fetched(s.fetch(2, 10, 0, 3)));
        assertThat(s.leader().lowWatermark()).isEqualTo(3);
        s.step(new Event.Fetched(s.fetch(3, 10, 0, 0)));
        assertThat(s.leader().lowWatermark())
                .as("broker 3 has caught up, and joins")
                .isEqualTo(3);
        s.proposalWritten();
        assertThat(s.leader().lowWatermark()).isZero();
        s.step(new Event.Fetched(s.fetch(3, 10, 0, 7)));
        s.step(new Event.Fetched(s.fetch(2, 10, 0, 9)));
        assertThat(s.leader().lowWatermark()).isEqualTo(7);
    }

    @Test
    void recordsThatRetentionDropsAreNotWaitedFor() {
        Scenario s = threeReplicas(2, log(10, 5)).elected(1, 4, 1, 2);
        s.step(new Event.LogStartMoved(new LogExtent(s.replica().log().epochs().startAt(7), 7, 10)));
        assertThat(s.highWatermark()).isEqualTo(7);
        assertThat(s.leader().consumerFetch(6)).isEqualTo(new FetchVerdict.Refused(ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(s.effects()).isEqualTo(List.of());
    }
}
