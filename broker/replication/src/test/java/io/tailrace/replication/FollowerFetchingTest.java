package io.tailrace.replication;

import static io.tailrace.replication.Scenario.log;
import static io.tailrace.replication.Scenario.threeReplicas;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

/** From which replica a consumer reads (KIP-392). Broker 1 is in rack west, 2 and 3 are in rack east. */
class FollowerFetchingTest {

    /** Broker 1 leads; all are in sync and have ten records. */
    private static Scenario led() {
        return threeReplicas(1, log(10, 10))
                .inRack(1, "west")
                .inRack(2, "east")
                .inRack(3, "east")
                .elected(1, 4, 1, 2, 3)
                .fetched(2, 10, 0)
                .fetched(3, 10, 0);
    }

    @Test
    void consumerIsSentToAFollowerInItsRack() {
        assertThat(led().leader().followerInRack("east", 5)).hasValue(2);
        assertThat(led().leader().followerInRack("east", 10))
                .as("where it waits")
                .hasValue(2);
    }

    @Test
    void ofTwoFollowersTheOneWithTheLongerLogIsChosen() {
        Scenario s = led().appended(20).fetched(3, 15, 4);
        assertThat(s.leader().followerInRack("east", 5)).hasValue(3);
    }

    @Test
    void leaderServesItsOwnRackAndConsumersOfNoOrAnUnknownRack() {
        assertThat(led().leader().followerInRack("west", 5)).isEmpty();
        assertThat(led().leader().followerInRack("", 5)).isEmpty();
        assertThat(led().leader().followerInRack("north", 5)).isEmpty();
        assertThat(led().inRack(1, "east").leader().followerInRack("east", 5)).isEmpty();
    }

    @Test
    void followerThatLacksTheOffsetIsNotChosen() {
        Scenario s = threeReplicas(1, log(10, 10)).inRack(2, "east").elected(1, 4, 1, 2, 3);
        assertThat(s.leader().followerInRack("east", 5))
                .as("it has not fetched in this epoch")
                .isEmpty();
        s.step(new Event.Fetched(s.fetch(2, 8, 0, 6)));
        assertThat(s.leader().followerInRack("east", 5)).isEmpty();
        assertThat(s.leader().followerInRack("east", 6)).hasValue(2);
        assertThat(s.leader().followerInRack("east", 8)).hasValue(2);
        assertThat(s.leader().followerInRack("east", 9)).isEmpty();
    }

    @Test
    void followerThatIsOutOfSyncGoneOrShutsDownIsNotChosen() {
        Scenario outOfSync = led().elected(1, 4, 1, 3);
        assertThat(outOfSync.leader().followerInRack("east", 5)).hasValue(3);
        assertThat(led().gone(2).leader().followerInRack("east", 5)).hasValue(3);
        assertThat(led().restartedUncleanly(2, 201).inRack(3, "west").leader().followerInRack("east", 5))
                .isEmpty();
        assertThat(led().gone(3).drains(2).leader().followerInRack("east", 5)).isEmpty();
    }

    @Test
    void leaderAnswersAnOffsetOutOfRangeItself() {
        assertThat(led().leader().followerInRack("east", 11)).isEmpty();
    }

    @Test
    void followerInSyncServesConsumersBelowTheHighWatermarkThatItKnows() {
        Scenario s = threeReplicas(1, log(10, 6)).elected(2, 4, 1, 2);
        assertThat(s.follower().consumerFetch(0)).isEqualTo(new FetchVerdict.Read(6));
        assertThat(s.follower().consumerFetch(6)).isEqualTo(new FetchVerdict.Read(6));
        assertThat(s.follower().consumerFetch(8))
                .as("the leader has committed it, this replica does not know yet")
                .isEqualTo(new FetchVerdict.Read(8));
        s.replicated(10, 9);
        assertThat(s.follower().consumerFetch(0)).isEqualTo(new FetchVerdict.Read(9));
    }

    @Test
    void followerSendsAConsumerWhoseOffsetItLacksBackToTheLeader() {
        Scenario s = threeReplicas(1, log(10, 6)).elected(2, 4, 1, 2);
        FetchVerdict refused = new FetchVerdict.Refused(ErrorCode.OFFSET_NOT_AVAILABLE);
        assertThat(s.follower().consumerFetch(11)).isEqualTo(refused);
        assertThat(s.follower().consumerFetch(-1)).isEqualTo(refused);
    }

    @Test
    void followerOutOfSyncSendsConsumersBackToTheLeader() {
        Scenario s = threeReplicas(1, log(10, 6)).elected(2, 4, 2, 3);
        assertThat(s.follower().consumerFetch(0)).isEqualTo(new FetchVerdict.Refused(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }
}
