package io.tailrace.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.TestCluster;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse.TopicPartitions;
import java.util.List;
import org.junit.jupiter.api.Test;

class DescribeConsumerGroupTest {
    private final ShardHarness harness = new ShardHarness(TestCluster.EMPTY.with("t", 2), GroupSettings.defaults());
    private final TestConsumer one =
            new TestConsumer(harness, "m1").subscribedTo("t").instance("i");

    private ConsumerGroupDescribeResponse.Group describe() {
        return harness.query(new DescribeConsumerGroup(TestConsumer.GROUP));
    }

    @Test
    void groupIsDescribedAsItIsCommitted() {
        one.heartbeat();
        harness.holdCommits();
        new TestConsumer(harness, "m2").subscribedTo("t").send();

        ConsumerGroupDescribeResponse.Group group = describe();

        assertThat(group.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(group.groupState()).isEqualTo("Stable");
        assertThat(group.groupEpoch()).isEqualTo(1);
        assertThat(group.assignmentEpoch()).isEqualTo(1);
        assertThat(group.assignorName()).isEqualTo("uniform");
        assertThat(group.members()).singleElement().satisfies(member -> {
            assertThat(member.memberId()).isEqualTo("m1");
            assertThat(member.instanceId()).isEqualTo("i");
            assertThat(member.memberEpoch()).isEqualTo(1);
            assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
            assertThat(member.subscribedTopicNames()).containsExactly("t");
            assertThat(member.assignment().topicPartitions())
                    .containsExactly(new TopicPartitions(TestCluster.id("t"), "t", List.of(0, 1)));
            assertThat(member.targetAssignment()).isEqualTo(member.assignment());
        });

        harness.commit();
        assertThat(describe().groupState()).isEqualTo("Reconciling");
        assertThat(describe().members()).hasSize(2);
    }

    @Test
    void membersAreDescribedWithTheirProtocol() {
        one.heartbeat();
        new TestClassicConsumer(harness, "t", "static").step();

        assertThat(describe().members())
                .extracting(ConsumerGroupDescribeResponse.Member::memberType)
                .containsExactlyInAnyOrder(
                        ConsumerGroupDescribeResponse.CONSUMER_MEMBER, ConsumerGroupDescribeResponse.CLASSIC_MEMBER);
    }

    @Test
    void unknownGroupIsNotFound() {
        assertThat(describe().errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(describe().errorMessage()).isEqualTo("Group g does not exist");
    }

    @Test
    void groupOfTheOtherProtocolIsNotFound() {
        TestClassicConsumer classic = new TestClassicConsumer(harness, "t", null);
        classic.step();

        assertThat(describe().errorMessage()).isEqualTo("Group g is not a group of the consumer protocol");
    }
}
