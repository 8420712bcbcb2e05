package io.tailrace.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.TestCluster;
import io.tailrace.protocol.ErrorCode;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TopicPatternsTest {
    private static final TestCluster CLUSTER =
            TestCluster.EMPTY.with("log-a", 1).with("log-b", 2).with("other", 4).with("__consumer_offsets", 50);

    private final ShardHarness harness = new ShardHarness(CLUSTER, GroupSettings.defaults());

    private ConsumerGroup group() {
        return (ConsumerGroup) Objects.requireNonNull(harness.shard().groups().get(TestConsumer.GROUP));
    }

    @Test
    void wholeNamesMatchAndInternalTopicsDoNot() {
        TestConsumer some = new TestConsumer(harness, "m1").matching("log-.");
        some.heartbeat();
        assertThat(some.owned().size()).isEqualTo(3);
        some.leave(-1);

        TestConsumer all = new TestConsumer(harness, "m2").matching(".*");
        all.heartbeat();
        assertThat(all.owned().size()).isEqualTo(7);

        TestConsumer part = new TestConsumer(harness, "m3").matching("log");
        part.heartbeat();
        assertThat(part.owned().size()).isZero();
    }

    @Test
    void namesAndPatternAddUp() {
        TestConsumer both =
                new TestConsumer(harness, "m1").subscribedTo("other").matching("log-a");
        both.heartbeat();

        assertThat(both.owned().size()).isEqualTo(5);
    }

    @Test
    void newTopicIsFoundAfterAWhile() {
        TestConsumer consumer = new TestConsumer(harness, "m1").matching("log-.*");
        consumer.heartbeat();
        consumer.heartbeat();
        harness.clusterChanged(CLUSTER.with("log-c", 1));
        consumer.heartbeat();
        assertThat(consumer.owned().size()).as("not at each change").isEqualTo(3);

        harness.advance(10_000);
        consumer.heartbeat();

        assertThat(consumer.owned().size()).isEqualTo(4);
        harness.failOver();
        assertThat(group().patterns()).containsOnlyKeys("log-.*");
    }

    @Test
    void newTopicIsFoundThoughTheClockWasSetBack() {
        TestConsumer consumer = new TestConsumer(harness, "m1").matching("log-.*");
        consumer.heartbeat();
        consumer.heartbeat();
        harness.setClock(-86_400_000);
        harness.clusterChanged(CLUSTER.with("log-c", 1));
        consumer.heartbeat();

        assertThat(consumer.owned().size()).isEqualTo(4);
    }

    @Test
    void patternIsForgottenWithItsLastMember() {
        TestConsumer one = new TestConsumer(harness, "m1").matching("log-.*");
        TestConsumer two = new TestConsumer(harness, "m2").matching("log-.*");
        one.heartbeat();
        two.heartbeat();
        one.leave(-1);
        assertThat(group().patterns()).hasSize(1);
        two.leave(-1);

        assertThat(group().patterns()).isEmpty();
    }

    @Test
    void invalidPatternIsRefusedWithTheReason() {
        var answer = new TestConsumer(harness, "m1").matching("log-(").send().get();

        assertThat(answer.errorCode()).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        assertThat(answer.errorMessage()).contains("log-(");
        var lookahead =
                new TestConsumer(harness, "m1").matching("(?!x).*").send().get();
        assertThat(lookahead.errorCode()).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
    }
}
