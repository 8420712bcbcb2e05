package io.tailrace.replication;

import static io.tailrace.replication.Scenario.LAG_MS_MAX;
import static io.tailrace.replication.Scenario.log;
import static io.tailrace.replication.Scenario.members;
import static io.tailrace.replication.Scenario.threeReplicas;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is in sync. */
class IsrTest {

    @Test
    void followerJoinsOnceItReachesHighWatermarkAndEpochStart() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1).appended(12);
        s.fetched(2, 11, 4);
        assertThat(s.proposedIsr()).as("high watermark is 12").isEmpty();
        s.fetched(2, 12, 4);
        assertThat(s.proposedIsr()).containsExactly(1, 2);
    }

    @Test
    void followerThatHasTheHighWatermarkButNotTheEpochDoesNotJoin() {
        Scenario s = threeReplicas(2, log(10, 5)).elected(1, 4, 1, 2);
        s.fetched(3, 7, 0);
        assertThat(s.proposedIsr()).isEmpty();
        s.fetched(3, 10, 0);
        assertThat(s.proposedIsr()).containsExactly(1, 2, 3);
    }

    @Test
    void followerJoinsUnderTheBrokerEpochThatIsRegisteredNowOnly() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1);
        FollowerFetch ofEarlierLife = s.fetch(2, 10, 0);
        s.restartedUncleanly(2, 250);
        Replica before = s.replica();
        s.step(new Event.Fetched(ofEarlierLife));
        assertThat(s.replica()).isSameAs(before);
        s.step(new Event.Fetched(new FollowerFetch(new Incarnation(2, 250), 4, 10, 0, 0)));
        assertThat(s.leader().proposal().orElseThrow().isr())
                .containsExactly(new Incarnation(1, 100), new Incarnation(2, 250));
    }

    @Test
    void memberThatCameBackAsAnotherIncarnationAcknowledgesNothingAndLeaves() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1, 2).appended(12);
        s.restartedUncleanly(2, 250);
        assertThat(s.proposedIsr()).containsExactly(1);
        s.step(new Event.Fetched(new FollowerFetch(new Incarnation(2, 250), 4, 12, 4, 0)));
        assertThat(s.highWatermark())
                .as("2@200 is in the ISR until its leaving is written")
                .isEqualTo(10);
        s.proposalWritten();
        assertThat(s.highWatermark()).isEqualTo(12);
    }

    @Test
    void aBrokerThatShutsDownDoesNotJoin() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1).drains(2).fetched(2, 10, 0);
        assertThat(s.proposedIsr()).isEmpty();
    }

    @Test
    void aBrokerThatIsNoReplicaIsRefused() {
        Scenario s = Scenario.singleReplica(log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0);
        assertThat(s.proposedIsr()).isEmpty();
        assertThat(s.leader().followerFetch(s.fetch(2, 10, 0))).isInstanceOf(FetchVerdict.Refused.class);
    }

    @Test
    void followerThatHasNotCaughtUpForTheLagTimeLeaves() {
        Scenario s = threeReplicas(1, Scenario.EMPTY).elected(1, 0, 1, 2).appended(10);
        s.fetched(2, 10, 0).appended(20);
        s.passes(LAG_MS_MAX).fetched(2, 15, 0);
        assertThat(s.proposedIsr())
                .as("it had all there was when it fetched last")
                .isEmpty();
        s.appended(30).passes(1).fetched(2, 16, 0);
        assertThat(s.proposedIsr()).containsExactly(1);
    }

    @Test
    void followerThatStopsFetchingLeavesAfterTheLagTime() {
        Scenario s = threeReplicas(1, Scenario.EMPTY).elected(1, 0, 1, 2).appended(10);
        assertThat(s.passes(LAG_MS_MAX).tick().proposedIsr()).isEmpty();
        assertThat(s.passes(1).tick().proposedIsr()).containsExactly(1);
    }

    @Test
    void followerThatHasEverythingStaysHoweverLongNothingIsWritten() {
        Scenario s = threeReplicas(1, Scenario.EMPTY)
                .elected(1, 0, 1, 2)
                .appended(10)
                .fetched(2, 10, 0);
        assertThat(s.passes(100 * LAG_MS_MAX).tick().proposedIsr()).isEmpty();
    }

    @Test
    void followerOfAnIdlePartitionHasTheLagTimeFromTheNextAppendOn() {
        Scenario s = threeReplicas(1, Scenario.EMPTY)
                .elected(1, 0, 1, 2)
                .appended(10)
                .fetched(2, 10, 0);
        s.passes(100 * LAG_MS_MAX).appended(20);
        assertThat(s.tick().proposedIsr()).isEmpty();
        s.passes(LAG_MS_MAX - 1).appended(30).passes(1);
        assertThat(s.tick().proposedIsr()).isEmpty();
        assertThat(s.passes(1).tick().proposedIsr()).containsExactly(1);
    }

    @Test
    void followerThatIsGoneHasNoMoreTimeThanFromItsLastFetchOn() {
        Scenario s = threeReplicas(1, Scenario.EMPTY)
                .elected(1, 0, 1, 2)
                .appended(10)
                .fetched(2, 10, 0);
        s.gone(2).passes(LAG_MS_MAX).appended(20);
        assertThat(s.passes(1).tick().proposedIsr()).containsExactly(1);
    }

    @Test
    void fetchIsCountedOnceTheIncarnationThatMadeItIsRegistered() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1).gone(2);
        FollowerFetch fetch = s.fetch(2, 10, 0);
        s.step(new Event.Fetched(fetch));
        assertThat(s.leader().hasCounted(fetch)).isFalse();
        s.restartedUncleanly(2, 200).step(new Event.Fetched(fetch));
        assertThat(s.leader().hasCounted(fetch)).isTrue();
        assertThat(s.leader().hasCounted(s.fetch(2, 9, 0))).isFalse();
        s.elected(1, 5, 1, 2);
        assertThat(s.leader().hasCounted(fetch))
                .as("in an earlier leader epoch")
                .isFalse();
    }

    @Test
    void oneProposalIsUnderWayAtATime() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0);
        assertThat(s.proposedIsr()).containsExactly(1, 2);
        assertThat(s.fetched(3, 10, 0).proposedIsr()).isEmpty();
        assertThat(s.proposalWritten().proposedIsr()).containsExactly(1, 2, 3);
    }

    @Test
    void proposalExpectsTheVersionThatWasRead() {
        Scenario s = threeReplicas(1, log(10, 10))
                .read(new PartitionState(1, 4, members(1), List.of(), 1, 1, 17))
                .fetched(2, 10, 0);
        assertThat(s.leader().proposal().orElseThrow().version()).isEqualTo(17);
    }

    @Test
    void bothIsrsCountUntilAProposalIsConfirmed() {
        Scenario s =
                threeReplicas(1, log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0).appended(12);
        assertThat(s.highWatermark()).as("broker 2 may be in sync already").isEqualTo(10);
        s.fetched(2, 12, 4);
        assertThat(s.highWatermark()).isEqualTo(12);
    }

    @Test
    void aReplicaThatIsToLeaveCountsUntilItsLeavingIsConfirmed() {
        Scenario s = threeReplicas(1, Scenario.EMPTY).elected(1, 0, 1, 2).appended(10);
        s.passes(LAG_MS_MAX + 1).tick();
        assertThat(s.proposedIsr()).containsExactly(1);
        assertThat(s.highWatermark()).isZero();
        s.proposalWritten();
        assertThat(s.effects()).contains(new Effect.HighWatermarkAdvanced(10));
    }

    @Test
    void anUnknownOutcomeIsReadBackAndBothIsrsCountUntilThen() {
        Scenario s =
                threeReplicas(1, log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0).appended(12);
        PartitionState proposed = s.leader().proposal().orElseThrow();
        s.step(new Event.ProposalUnknown(proposed.version()));
        assertThat(s.effects()).containsExactly(new Effect.ReadBack(proposed.version()));
        assertThat(s.passes(1).tick().proposedIsr()).isEmpty();
        assertThat(s.highWatermark()).isEqualTo(10);
        s.step(new Event.StateReadBack(proposed.version(), proposed.withVersion(proposed.version() + 1)));
        assertThat(s.state().isrIds()).containsExactly(1, 2);
        assertThat(s.leader().proposal()).isEmpty();
    }

    @Test
    void aProposalThatIsNotInTheStoreIsMadeAgain() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0);
        PartitionState before = s.state();
        s.step(new Event.ProposalUnknown(before.version()));
        s.step(new Event.StateReadBack(before.version(), before));
        assertThat(s.proposedIsr()).containsExactly(1, 2);
    }

    @Test
    void whatWasReadBackForAnEarlierProposalDoesNotDecideALaterOne() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0);
        int earlier = s.state().version();
        s.step(new Event.ProposalUnknown(earlier)).elected(1, 4, 1).fetched(2, 10, 0);
        PartitionState found = s.state();
        s.appended(12).step(new Event.StateReadBack(earlier, found));
        assertThat(s.leader().proposal().orElseThrow().version()).isEqualTo(found.version());
        assertThat(s.highWatermark()).as("broker 2 may be in sync by now").isEqualTo(10);
    }

    @Test
    void newsOfTheSameVersionDoNotDecideAProposal() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0);
        s.read(s.state());
        assertThat(s.leader().proposal()).isPresent();
    }

    @Test
    void aRefusedProposalIsReadBack() {
        Scenario s = threeReplicas(1, log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0);
        int version = s.state().version();
        s.step(new Event.ProposalRefused(version));
        assertThat(s.effects()).containsExactly(new Effect.ReadBack(version));
        assertThat(s.leader().proposal()).isPresent();
    }

    @Test
    void lateAnswersToAnEarlierProposalChangeNothing() {
        Scenario s =
                threeReplicas(1, log(10, 10)).elected(1, 4, 1).fetched(2, 10, 0).proposalWritten();
        s.fetched(3, 10, 0);
        Replica before = s.replica();
        s.step(new Event.ProposalRefused(0)).step(new Event.ProposalUnknown(0));
        assertThat(s.replica()).isEqualTo(before);
        assertThat(s.effects()).isEmpty();
    }

    @Test
    void replicasThatLeaveASmallerIsrThanMinInsyncAreRemembered() {
        Scenario s = threeReplicas(2, Scenario.EMPTY).elected(1, 0, 1, 2).appended(10);
        s.passes(LAG_MS_MAX + 1).tick();
        assertThat(s.leader().proposal().orElseThrow().lastStanding()).isEqualTo(members(2));
        s.proposalWritten().fetched(2, 10, 0);
        PartitionState whole = s.leader().proposal().orElseThrow();
        assertThat(whole.isrIds()).containsExactly(1, 2);
        assertThat(whole.lastStanding()).isEmpty();
    }

    @Test
    void followerThatHasTheHighWatermarkButLagsDoesNotJoinOnlyToLeave() {
        Scenario s =
                threeReplicas(2, Scenario.EMPTY).elected(1, 0, 1, 2).appended(5).fetched(2, 5, 0);
        s.appended(10).passes(LAG_MS_MAX + 1).tick();
        assertThat(s.proposedIsr()).containsExactly(1);
        assertThat(s.proposalWritten().proposedIsr()).isEmpty();
        s.fetched(2, 10, 0);
        assertThat(s.proposedIsr()).containsExactly(1, 2);
    }
}
