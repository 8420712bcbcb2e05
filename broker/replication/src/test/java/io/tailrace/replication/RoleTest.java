package io.tailrace.replication;

import static io.tailrace.replication.Scenario.log;
import static io.tailrace.replication.Scenario.singleReplica;
import static io.tailrace.replication.Scenario.threeReplicas;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.EpochStart;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.replication.Offline.Reason;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who leads, who follows, and who must do neither. */
class RoleTest {

    private static Reason reason(Scenario s) {
        return ((Offline) s.replica()).reason();
    }

    @Test
    void aReplicaThatNothingIsKnownOfIsOffline() {
        Scenario s = singleReplica(Scenario.EMPTY);
        assertThat(reason(s)).isEqualTo(Reason.UNASSIGNED);
        assertThat(s.refusal(Replica.ANY_EPOCH)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void partitionWithoutALeaderSendsClientsToTheMetadata() {
        Scenario s = threeReplicas(1, log(10, 5)).elected(1, 4, 1).elected(PartitionState.NO_LEADER, 5, 1);
        assertThat(reason(s)).isEqualTo(Reason.NO_LEADER);
        assertThat(s.refusal(Replica.ANY_EPOCH)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(committedRead(s, 0, Replica.ANY_EPOCH))
                .isEqualTo(new FetchVerdict.Refused(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void electionMakesLeaderOrFollower() {
        Scenario s = threeReplicas(1, log(10, 5)).elected(1, 4, 1, 2);
        assertThat(s.effects()).contains(new Effect.LeadershipStarted(4, 10));
        assertThat(s.leader().epochStartOffset()).isEqualTo(10);
        s.elected(2, 5, 1, 2);
        assertThat(s.effects())
                .containsExactly(
                        new Effect.LeadershipEnded(),
                        new Effect.AcksFailed(ErrorCode.NOT_LEADER_OR_FOLLOWER),
                        new Effect.StartFetching(2, 5));
        s.elected(1, 6, 1, 2);
        assertThat(s.effects()).startsWith(new Effect.StopFetching(), new Effect.LeadershipStarted(6, 10));
    }

    @Test
    void lossOfTheSessionFencesALeader() {
        Scenario s = singleReplica(Scenario.EMPTY).elected(1, 0, 1).appended(5);
        s.step(new Event.SessionLost());
        assertThat(reason(s)).isEqualTo(Reason.FENCED);
        assertThat(s.effects())
                .containsExactly(new Effect.LeadershipEnded(), new Effect.AcksFailed(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(s.refusal(Replica.ANY_EPOCH)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aLeaderWithoutASessionServesCommittedRecordsOnly() {
        LogView log = new LogView(new LogExtent(LeaderEpochs.EMPTY.append(0, 2), 2, 10), 5);
        Scenario s = threeReplicas(2, log).elected(1, 4, 1, 2);
        s.step(new Event.SessionLost());
        assertServesOffsets2To4InEpoch4(s);
        s.registered(101);
        assertServesOffsets2To4InEpoch4(s);
        s.elected(2, 5, 2);
        assertThat(committedRead(s, 2, Replica.ANY_EPOCH))
                .as("another broker leads")
                .isEqualTo(new FetchVerdict.Refused(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void aLeaderServesTheSameWithoutALease() {
        LogView log = new LogView(new LogExtent(LeaderEpochs.EMPTY.append(0, 2), 2, 10), 5);
        assertServesOffsets2To4InEpoch4(threeReplicas(2, log).elected(1, 4, 1, 2));
    }

    private static void assertServesOffsets2To4InEpoch4(Scenario s) {
        FetchVerdict refused = new FetchVerdict.Refused(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(committedRead(s, 1, 4)).as("below the log start").isEqualTo(refused);
        assertThat(committedRead(s, 2, 4)).isEqualTo(new FetchVerdict.Read(5));
        assertThat(committedRead(s, 4, Replica.ANY_EPOCH)).isEqualTo(new FetchVerdict.Read(5));
        assertThat(committedRead(s, 5, 4)).as("at the high watermark").isEqualTo(refused);
        assertThat(committedRead(s, 2, 3)).isEqualTo(new FetchVerdict.Refused(ErrorCode.FENCED_LEADER_EPOCH));
        assertThat(committedRead(s, 2, 5)).isEqualTo(new FetchVerdict.Refused(ErrorCode.UNKNOWN_LEADER_EPOCH));
    }

    private static FetchVerdict committedRead(Scenario s, long offset, int currentLeaderEpoch) {
        return s.replica().committedRead(offset, currentLeaderEpoch);
    }

    @Test
    void onlyTheLastKnownLeaderServesCommittedRecords() {
        FetchVerdict refused = new FetchVerdict.Refused(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        Scenario unassigned = threeReplicas(2, log(10, 5));
        assertThat(committedRead(unassigned, 0, Replica.ANY_EPOCH)).isEqualTo(refused);
        Scenario follower = threeReplicas(2, log(10, 5)).elected(2, 4, 1, 2);
        assertThat(committedRead(follower, 0, 4)).isEqualTo(refused);
        follower.step(new Event.SessionLost());
        assertThat(committedRead(follower, 0, 4)).isEqualTo(refused);
        Scenario failed = threeReplicas(2, log(10, 5)).elected(1, 4, 1, 2).step(new Event.LogFailed());
        assertThat(committedRead(failed, 0, 4)).isEqualTo(new FetchVerdict.Refused(ErrorCode.KAFKA_STORAGE_ERROR));
    }

    @Test
    void aBrokerThatRegistersAnewDoesNotLeadBeforeItIsElectedAnew() {
        Scenario s = singleReplica(Scenario.EMPTY).elected(1, 0, 1).appended(5);
        s.step(new Event.SessionLost()).registered(150);
        assertThat(reason(s)).isEqualTo(Reason.FENCED);
        List<Incarnation> renewed = List.of(new Incarnation(1, 150));
        s.read(new PartitionState(1, 1, renewed, List.of(), 1, 1, 1));
        assertThat(s.leader().epochStartOffset()).isEqualTo(5);
        assertThat(s.highWatermark()).isEqualTo(5);
    }

    @Test
    void aSessionThatWasNotLostAfterAllLetsTheLeaderGoOn() {
        Scenario s = singleReplica(Scenario.EMPTY).elected(1, 0, 1).appended(5);
        s.step(new Event.SessionLost()).registered(100);
        assertThat(s.leader().leaderEpoch()).isZero();
    }

    @Test
    void newsThatComeWhileFencedAreNotForgotten() {
        Scenario s = threeReplicas(1, Scenario.EMPTY).elected(1, 0, 1, 2);
        s.step(new Event.SessionLost()).elected(2, 1, 2);
        assertThat(reason(s)).isEqualTo(Reason.FENCED);
        s.registered(150);
        assertThat(s.follower().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void olderNewsThanWhatIsKnownChangeNothing() {
        Scenario s = threeReplicas(1, Scenario.EMPTY).elected(1, 0, 1, 2).elected(2, 1, 2);
        s.read(new PartitionState(1, 0, Scenario.members(1, 2), List.of(), 1, 1, 0));
        assertThat(s.follower().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void fetchesAndProducesAreFencedBothWays() {
        Scenario s = threeReplicas(1, Scenario.EMPTY).elected(1, 4, 1);
        assertThat(s.refusal(3)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(s.refusal(5)).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(s.refusal(4)).isEqualTo(ErrorCode.NONE);
        assertThat(s.refusal(Replica.ANY_EPOCH)).isEqualTo(ErrorCode.NONE);
        s.elected(2, 5, 2);
        assertThat(s.refusal(4)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(s.refusal(5)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void appendingWithoutLeadingStopsTheProcess() {
        Scenario s = threeReplicas(1, Scenario.EMPTY).elected(2, 1, 2);
        assertThatThrownBy(() -> s.appended(5)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void followerTakesTheLeadersHighWatermarkAsFarAsItsLogReaches() {
        Scenario s = threeReplicas(1, Scenario.EMPTY).elected(2, 1, 1, 2);
        s.replicated(5, 8, new EpochStart(1, 0));
        assertThat(s.effects()).containsExactly(new Effect.HighWatermarkAdvanced(5));
        s.replicated(9, 8);
        assertThat(s.highWatermark()).isEqualTo(8);
        s.replicated(10, 3);
        assertThat(s.highWatermark()).as("a new leader has yet to learn it").isEqualTo(8);
    }

    @Test
    void followerTruncatesToTheDivergenceAndNotToTheHighWatermark() {
        Scenario s = threeReplicas(1, log(10, 4)).elected(2, 3, 1, 2);
        assertThat(s.replica().log().endOffset())
                .as("becoming a follower cuts nothing")
                .isEqualTo(10);
        s.step(new Event.Diverged(3, new EpochEnd(0, 7)));
        assertThat(s.effects()).containsExactly(new Effect.TruncateTo(7), new Effect.StartFetching(2, 3));
    }

    @Test
    void followerWithoutTheLeadersEpochTruncatesToTheOneBefore() {
        LeaderEpochs epochs = LeaderEpochs.EMPTY.append(1, 0).append(3, 5);
        Scenario s =
                threeReplicas(1, new LogView(new LogExtent(epochs, 0, 10), 4)).elected(2, 4, 2);
        s.step(new Event.Diverged(4, new EpochEnd(2, 12)));
        assertThat(s.effects()).containsExactly(new Effect.TruncateTo(5), new Effect.StartFetching(2, 4));
    }

    @Test
    void followerOfWhoseLogNothingAgreesStartsAnewWhereTheLeadersMayAgree() {
        Scenario s = threeReplicas(1, LogView.restartedAt(50)).elected(2, 4, 2);
        s.step(new Event.Diverged(4, new EpochEnd(LeaderEpochs.UNKNOWN, 7)));
        assertThat(s.effects()).containsExactly(new Effect.RestartLogAt(7), new Effect.StartFetching(2, 4));
    }

    @Test
    void divergenceToldInAnEarlierEpochChangesNothing() {
        Scenario s = threeReplicas(1, log(10, 4)).elected(2, 3, 1, 2);
        s.step(new Event.Diverged(2, new EpochEnd(0, 7)));
        assertThat(s.replica().log().endOffset()).isEqualTo(10);
    }

    @Test
    void followerWhoseNextRecordIsGoneStartsWhereTheLeaderDoes() {
        Scenario s = threeReplicas(1, log(10, 4)).elected(2, 3, 2);
        s.step(new Event.FellBehind(3, 50));
        assertThat(s.effects()).containsExactly(new Effect.RestartLogAt(50), new Effect.StartFetching(2, 3));
    }

    @Test
    void aFailedLogIsOfflineForGood() {
        Scenario s = singleReplica(Scenario.EMPTY).elected(1, 0, 1);
        s.step(new Event.LogFailed());
        assertThat(s.effects()).contains(new Effect.AcksFailed(ErrorCode.KAFKA_STORAGE_ERROR));
        s.elected(1, 1, 1);
        assertThat(reason(s)).isEqualTo(Reason.LOG_FAILED);
        assertThat(s.refusal(Replica.ANY_EPOCH)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    }

    @Test
    void aPartitionThatIsTakenAwayIsOffline() {
        Scenario s = singleReplica(Scenario.EMPTY).elected(1, 0, 1);
        s.step(new Event.Unassigned());
        assertThat(reason(s)).isEqualTo(Reason.UNASSIGNED);
    }

    @Test
    void electionInANewEpochKeepsALeaderLeading() {
        Scenario s = singleReplica(Scenario.EMPTY).elected(1, 0, 1).appended(5).elected(1, 1, 1);
        assertThat(s.effects()).containsExactly(new Effect.LeadershipStarted(1, 5));
        assertThat(s.leader().acknowledged(5)).isTrue();
    }
}
